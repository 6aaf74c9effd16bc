/*
 * Frames: what the extension and the runtime say to each other over a unix socket, as bytes.
 *
 * All numbers are little-endian. A frame is a head of 12 bytes and a body:
 *
 *   uint32 type, uint32 id, uint32 length of the body
 *
 * The id names an exchange (a call or a stream, numbered by the extension), or for a push the dataset; it is 0 for what
 * concerns the connection. In bodies, "uint32 n" before bytes is their length; ABSENT stands for NULL. Text is UTF-8.
 *
 *   both ways
 *     HELLO    uint32 magic "pgml", uint32 version, text who speaks.       The first frame of each side, in every version.
 *   to the runtime
 *     CALL     uint32 method, uint32 request, uint32 payload (or ABSENT), then the bytes: method, request as JSON, payload
 *     STREAM   uint32 credit, uint32 method, uint32 request, then the bytes: method, request as JSON
 *     CREDIT   uint32 how many more items may be sent
 *     CANCEL   empty: nobody waits for this exchange any more; nothing answers it
 *     PUSH     uint32 rows, uint32 columns; then for each column
 *                uint32 kind (COLUMN_REAL, COLUMN_TEXT), uint32 width, uint32 name, name filled up with zeros to 4 bytes,
 *                COLUMN_REAL: rows * width float4, row by row, NaN for NULL
 *                COLUMN_TEXT: rows * uint32 length, or ABSENT
 *              then the bytes of all texts: row by row, and in a row column by column
 *     DROP     empty: forgets all datasets that no call has used
 *   to the extension
 *     RESULT   uint32 response, uint32 result (or ABSENT), then the bytes: response as JSON, result     ends the exchange
 *     ITEM     JSON
 *     END      empty                                                                                    ends the exchange
 *     ERROR    uint32 sqlstate, message, detail (or ABSENT), hint (or ABSENT), then the bytes           ends the exchange
 *              with id 0: ends the connection
 *
 * Every body begins at a multiple of 4 when frames follow each other in aligned memory of their own, and so do the numbers
 * of a push. A stream sends no more items than it has credit for.
 *
 * runtime/src/doors/frames/codec.ts is the other side.
 */
#ifndef PGML_FRAMES_H
#define PGML_FRAMES_H

#include "pgml.h"

#define FRAMES_MAGIC	0x6c6d6770	/* "pgml" */
#define FRAMES_VERSION	1

typedef enum FrameType
{
	FRAME_HELLO = 1,
	FRAME_CALL = 2,
	FRAME_STREAM = 3,
	FRAME_CREDIT = 4,
	FRAME_CANCEL = 5,
	FRAME_PUSH = 6,
	FRAME_DROP = 7,
	FRAME_RESULT = 8,
	FRAME_ITEM = 9,
	FRAME_END = 10,
	FRAME_ERROR = 11
} FrameType;

#define COLUMN_REAL		1
#define COLUMN_TEXT		2

#define ABSENT			0xffffffff

typedef struct FrameHead
{
	uint32		type;
	uint32		id;
	uint32		length;
} FrameHead;

/* A frame that was received, in memory of the channel. */
typedef struct Frame
{
	struct Frame *next;
	FrameHead	head;
	char		body[FLEXIBLE_ARRAY_MEMBER];
} Frame;

/* Reads a body from its beginning; whatever reaches past its end is an error. */
typedef struct FrameReader
{
	const char *at;
	const char *end;
} FrameReader;

FrameReader frame_reader(const Frame *frame);
uint32		read_uint32(FrameReader *reader);
const char *read_bytes(FrameReader *reader, size_t length);

/* Text between the encodings of the database and of frames: the same pointer, or a palloc'ed copy. */
const char *text_to_frame(const char *text, size_t *length);
char	   *text_from_frame(const char *bytes, size_t length);

/* Raises what an ERROR frame says. */
void		raise_frame(const Frame *frame) pg_attribute_noreturn();

#endif
