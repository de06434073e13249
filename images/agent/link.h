/*
 * A reliable link over a serial line, the guest's half; harness/guest/line/link.ts is the other and tells the protocol.
 */
enum {
	FRAME_DATA = 2000,      /* bytes of payload in a frame; encoded it stays below a line of 4096 whatever they are */
	FRAME_LINE = 2 * (FRAME_DATA + 15) + 2,
	WINDOW = 16384,         /* encoded bytes that may be on their way without an acknowledgement */
};

void link_open(int fd);
/* Whether one more frame fits into the window. */
int link_room(void);
/* Queues a frame; only when link_room() says so. */
void link_send(u32 id, u8 op, const void *data, u32 size);
/* Whether everything that was sent has arrived. */
int link_settled(void);
/* Whether there are bytes for the line. */
int link_pending(void);
void link_write(void);
void link_read(void);
/* Whether the end of a frame is still to come, and nothing has to be said before. */
int link_in_frame(void);
/* How many bytes of the frame are still to come, as far as that is known yet. */
u32 link_missing(void);
/* Says that the agent is there; the host answers with a hello of its own. */
void link_ready(void);

/* Called for each payload, once and in order. */
void link_received(u32 id, u8 op, const u8 *data, u32 size);
