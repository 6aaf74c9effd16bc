/*
 * Frames on their way to the runtime. They stay here until the socket has taken them, over the end of a statement if need be:
 * half of a frame that was sent is completed before anything else is.
 */
#ifndef PGML_OUTGOING_H
#define PGML_OUTGOING_H

#include "frames.h"

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

/* A frame without a body, where nothing may be raised. False if there is no memory for it. */
bool		frame_signal(FrameType type, uint32 id);

bool		outgoing_is_empty(void);

/* Has the socket taken nothing yet of the frames that are here? */
bool		outgoing_is_untouched(void);

/* Sends what the socket takes at once. Returns 0 when that was everything, or the error that ended it. */
int			outgoing_send(int socket);

void		outgoing_forget(void);

#endif
