// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The thread between a guest's ports and the caller's descriptor. It always reads what
 * the guest writes, however slowly the caller does: a virtual CPU spins while it writes
 * to a port that nobody reads.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define INPUT_AHEAD   65536
#define END_PATIENCE  5.0 /* s from the end of QEMU's ports to the end of QEMU */
#define LONGEST_REPLY 4096

bool buffer_add(struct buffer *b, const void *data, size_t len)
{
	if (b->len + len > b->room) {
		size_t room = 2 * b->room + len;
		char *more = realloc(b->data, room);

		if (!more)
			return false;
		b->data = more;
		b->room = room;
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return true;
}

void buffer_drop(struct buffer *b, size_t len)
{
	/* an empty one has no data at all */
	if (!len)
		return;
	b->len -= len;
	memmove(b->data, b->data + len, b->len);
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}

double guest_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void guest_wake(struct guest *g)
{
	eventfd_write(g->wake, 1);
}

void guest_end_qemu(struct guest *g)
{
	g->killed = true;
	if (g->pid > 0)
		kill(g->pid, SIGKILL);
	guest_wake(g);
}

/* The first @most bytes. false: the other end has gone */
static bool flush(int fd, struct buffer *b, size_t most)
{
	ssize_t n;

	while (most) {
		n = send(fd, b->data, most, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		buffer_drop(b, (size_t)n);
		most -= (size_t)n;
	}
	return true;
}

/* What there is, added to @b. false: the other end has gone */
static bool drain(int fd, struct buffer *b, size_t most)
{
	char data[65536];
	ssize_t n;

	while (b->len < most) {
		n = recv(fd, data, sizeof(data), MSG_DONTWAIT);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (!n || !buffer_add(b, data, (size_t)n))
			return false;
	}
	return true;
}

/*
 * What guest/init writes to the work port behind a command's output: QEMU serves its ports
 * in an order of its own, so that "done" on the control port may come first.
 */
static size_t end_mark(const struct guest *g, char *mark, size_t room)
{
	return (size_t)snprintf(mark, room, "\037end %u\n", g->n);
}

/* How much of what came is output for certain, and no part of the mark. */
static size_t output_len(const struct guest *g)
{
	const struct buffer *b = &g->to_client;
	char mark[32];
	size_t len = end_mark(g, mark, sizeof(mark)) - 1;

	if (g->marked)
		return b->len;
	for (len = len < b->len ? len : b->len; len; len--)
		if (!memcmp(b->data + b->len - len, mark, len))
			break;
	return b->len - len;
}

static void take_work(struct guest *g)
{
	struct buffer *b = &g->to_client;
	size_t had = b->len, len;
	char mark[32];

	drain(g->work, b, SIZE_MAX);
	if (g->talks && b->len > had && g->deadline > 0)
		g->deadline = guest_now() + g->timeout;
	len = end_mark(g, mark, sizeof(mark));
	if (!g->busy || g->marked) {
		/* nobody's */
		b->len = had;
	} else if (b->len >= len &&
		   !memcmp(b->data + b->len - len, mark, len)) {
		b->len -= len;
		g->marked = true;
	}
	if (g->client < 0)
		buffer_drop(b, output_len(g));
}

/* What may be the mark stays. */
static void drop_client(struct guest *g)
{
	if (g->client >= 0)
		close(g->client);
	g->client = -1;
	buffer_drop(&g->to_client, output_len(g));
	buffer_free(&g->to_work);
}

static void take_line(struct guest *g, const char *line)
{
	unsigned int n;
	int status;

	if (!strncmp(line, "up ", 3)) {
		g->up = true;
		g->deadline = 0;
	} else if (sscanf(line, "done %u %d", &n, &status) == 2 && n == g->n &&
		   g->busy) {
		g->status = status;
		g->done = true;
	}
}

static bool take_control(struct guest *g)
{
	bool open = drain(g->control, &g->said, LONGEST_REPLY);
	char *end;

	while (g->said.len &&
	       (end = memchr(g->said.data, '\n', g->said.len)) != NULL) {
		*end = '\0';
		take_line(g, g->said.data);
		buffer_drop(&g->said, (size_t)(end - g->said.data) + 1);
	}
	/* nothing that guest/init says is as long as this */
	if (g->said.len >= LONGEST_REPLY)
		g->said.len = 0;
	return open;
}

static void serve_client(struct guest *g, bool readable)
{
	if (g->client < 0)
		return;
	if (readable && g->input && !drain(g->client, &g->to_work, INPUT_AHEAD))
		g->input = false;
	if (!flush(g->client, &g->to_client, output_len(g)))
		drop_client(g);
}

/* QEMU has closed its ports: it is ending. */
static void reap(struct guest *g)
{
	double until = guest_now() + END_PATIENCE;

	while (waitpid(g->pid, &g->qemu_status, WNOHANG) == 0) {
		struct timespec ms = { .tv_nsec = 1000000 };

		if (guest_now() > until)
			kill(g->pid, SIGKILL);
		nanosleep(&ms, NULL);
	}
	g->pid = 0;
	if (g->client >= 0)
		flush(g->client, &g->to_client, output_len(g));
	drop_client(g);
	g->over = true;
}

static void step(struct guest *g, const struct pollfd *p)
{
	eventfd_t count;

	if (p[0].revents)
		eventfd_read(g->wake, &count);
	if (p[2].revents)
		take_work(g);
	if (p[1].revents && !take_control(g)) {
		reap(g);
		return;
	}
	flush(g->control, &g->to_control, g->to_control.len);
	serve_client(g, p[3].revents & (POLLIN | POLLHUP));
	flush(g->work, &g->to_work, g->to_work.len);
	if (g->done && g->marked && !g->to_client.len) {
		drop_client(g);
		g->done = false;
		g->busy = false;
		g->deadline = 0;
	}
	if (g->deadline > 0 && guest_now() > g->deadline && !g->killed) {
		g->hung = true;
		guest_end_qemu(g);
	}
}

static int patience(const struct guest *g)
{
	double left = g->deadline - guest_now();

	if (g->deadline <= 0 || g->killed)
		return -1;
	return left > 0 ? (int)(1e3 * left) + 1 : 0;
}

static short events(bool in, size_t out)
{
	return (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

void *guest_relay(void *arg)
{
	struct guest *g = arg;

	pthread_mutex_lock(&g->lock);
	while (!g->over) {
		struct pollfd p[4] = {
			{ .fd = g->wake, .events = POLLIN },
			{ .fd = g->control,
			  .events = events(true, g->to_control.len) },
			{ .fd = g->work, .events = events(true, g->to_work.len) },
			{ .fd = g->client },
		};
		int ms = patience(g);

		p[3].events = events(g->input && g->to_work.len < INPUT_AHEAD,
				     output_len(g));
		/* a caller that is gone would be reported for ever */
		if (!p[3].events)
			p[3].fd = -1;
		pthread_mutex_unlock(&g->lock);
		poll(p, 4, ms);
		pthread_mutex_lock(&g->lock);
		step(g, p);
		pthread_cond_broadcast(&g->changed);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}
