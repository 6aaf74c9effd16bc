/*
 * The connection of this backend to the runtime: a unix socket, and frames on it.
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
#ifndef PGML_CHANNEL_H
#define PGML_CHANNEL_H

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

/* A call or a stream. Whoever began it releases it. */
typedef struct Exchange Exchange;

/* Reads a body from its beginning; whatever reaches past its end is an error. */
typedef struct FrameReader
{
	const char *at;
	const char *end;
} FrameReader;

/*
 * Writing: begin, put, end; then flush. What was put since the last begin is forgotten when an error comes in between.
 * frame_room gives memory to fill, which holds until the next put or room.
 */
void		frame_begin(FrameType type, uint32 id);
void		frame_put(const void *bytes, size_t length);
void		frame_put_uint32(uint32 number);
char	   *frame_room(size_t length);
size_t		frame_position(void);
char	   *frame_at(size_t position);
void		frame_end(void);

/*
 * Sends all frames that were ended, connecting first where needed. Waits, and may raise whatever interrupts a statement;
 * what could not be sent then is sent before anything else next time.
 */
void		channel_flush(void);

/* Called before the first frame of something new. An exchange does so itself. */
void		channel_prepare(void);

Exchange   *exchange_begin(void);
uint32		exchange_id(const Exchange *exchange);

/* Has the runtime not said its last word yet? */
bool		exchange_is_open(const Exchange *exchange);

/* The next frame of an exchange, which holds until the next call or the release. Waits for it; an ERROR frame is raised. */
Frame	   *exchange_next(Exchange *exchange);

/*
 * Nobody wants more of this exchange: tells the runtime, unless the exchange had ended. Release frees it as well. They
 * raise nothing.
 */
void		exchange_cancel(Exchange *exchange);
void		exchange_release(Exchange *exchange);

FrameReader frame_reader(const Frame *frame);
uint32		read_uint32(FrameReader *reader);
const char *read_bytes(FrameReader *reader, size_t length);

/* Text between the encodings of the database and of frames: the same pointer, or a palloc'ed copy. */
const char *text_to_frame(const char *text, size_t *length);
char	   *text_from_frame(const char *bytes, size_t length);

#endif
