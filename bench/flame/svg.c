// SPDX-License-Identifier: GPL-2.0-or-later
/* A flame graph as one SVG file: valid XML, no network, the same text for the same tree. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "flame.h"

/* picture.css and picture.js as they are: FLAME_SOURCE is this folder. */
#define EMBED(symbol, file)                                        \
	__asm__(".pushsection .rodata\n" #symbol ":\n"             \
		".incbin \"" FLAME_SOURCE "/" file "\"\n.byte 0\n" \
		".popsection\n");                                  \
	extern const char symbol[] __attribute__((visibility("hidden")))

EMBED(flame_css, "picture.css");
EMBED(flame_js, "picture.js");

#define LEFT	   10.0
#define WIDTH	   1180.0
#define ROW	   17.0
#define LETTER	   7.25 /* of 12 px monospace, as picture.js has it */
#define LINE	   16.0
#define LINE_WORDS 160 /* letters that fit beside the margins */
#define NARROWEST  0.01 /* px: less is not drawn */

/* One picture while it is drawn. */
struct picture {
	const struct flame *f;
	const struct flame_look *look;
	FILE *out;
	double bottom; /* of the root's row */
	unsigned int undrawn;
};

/* ---- text --------------------------------------------------------------- */

/* At most @max letters, as XML wants them in text and in attributes. Letters written. */
static size_t put(FILE *out, const char *text, size_t max)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t written = 0;
	unsigned int n;

	for (; *s && written < max; s += n ? n : 1, written++) {
		n = flame_letter(s);
		if (!n)
			fputc('?', out);
		else if (*s == '&')
			fputs("&amp;", out);
		else if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '>')
			fputs("&gt;", out);
		else if (*s == '"')
			fputs("&quot;", out);
		else
			fwrite(s, 1, n, out);
	}
	return written;
}

static size_t letters(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t nr = 0;
	unsigned int n;

	for (; *s; s += n ? n : 1, nr++)
		n = flame_letter(s);
	return nr;
}

/* How much of @text stands in one line: up to a blank, if there is one. */
static size_t line_length(const char *text)
{
	size_t len = strlen(text), at;

	if (len <= LINE_WORDS)
		return len;
	for (at = LINE_WORDS; at > LINE_WORDS / 2; at--)
		if (text[at] == ' ')
			return at;
	for (at = LINE_WORDS; at > 1 && ((unsigned char)text[at] & 0xc0) == 0x80;)
		at--;
	return at;
}

/* Lines that it takes; writes them unless @out is NULL. */
static unsigned int put_words(FILE *out, const char *text, double y)
{
	unsigned int nr = 0;
	char line[LINE_WORDS + 1];

	while (*text) {
		size_t len = line_length(text);

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (out) {
			fprintf(out, "<text class=\"words\" x=\"%g\" y=\"%g\">",
				LEFT, y + nr * LINE);
			put(out, line, LINE_WORDS);
			fputs("</text>\n", out);
		}
		nr++;
		text += len;
		text += strspn(text, " ");
	}
	return nr;
}

/* ---- colours ------------------------------------------------------------ */

static uint32_t hash(const char *name)
{
	uint32_t h = 2166136261U;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;
	return h ^ (h >> 15);
}

static bool ends_in(const char *name, const char *mark)
{
	size_t len = strlen(name), end = strlen(mark);

	return len > end && !strcmp(name + len - end, mark);
}

/* Dark letters are readable on all of them. */
static void kind_colour(const char *name, char *text, size_t len)
{
	uint32_t h = hash(name);
	unsigned int hue = ends_in(name, FLAME_KERNEL)	? 200 + h % 30 :
			   ends_in(name, FLAME_INLINED) ? 80 + h % 50 :
							  18 + h % 34;

	snprintf(text, len, "hsl(%u,%u%%,%u%%)", hue, 60 + h / 64 % 25,
		 66 + h / 4096 % 12);
}

static void change_colour(const struct flame *f, const uint64_t *total,
			  char *text, size_t len)
{
	double noise, change = flame_change(f, total, &noise);
	double sum = flame_part(f, FLAME_A, total[FLAME_A]) +
		     flame_part(f, FLAME_B, total[FLAME_B]);
	double part = sum > 0 ? fmin(1, 2 * fabs(change) / sum) : 0;

	if (fabs(change) <= noise)
		snprintf(text, len, "hsl(0,0%%,84%%)");
	else
		snprintf(text, len, "hsl(%d,85%%,%.0f%%)", change > 0 ? 4 : 214,
			 88 - 24 * part);
}

/* ---- frames ------------------------------------------------------------- */

static double share_of(const struct picture *p, const uint64_t *count)
{
	const uint64_t *all = p->f->root.total;

	if (!p->look->against)
		return flame_share(p->f, FLAME_A, count[FLAME_A]);
	return (flame_part(p->f, FLAME_A, count[FLAME_A]) +
		flame_part(p->f, FLAME_B, count[FLAME_B])) /
	       (flame_part(p->f, FLAME_A, all[FLAME_A]) +
		flame_part(p->f, FLAME_B, all[FLAME_B]));
}

static void put_title(const struct picture *p, const struct flame_frame *frame)
{
	const uint64_t *n = frame->total;
	double noise, change = flame_change(p->f, n, &noise);

	fputs("<title>", p->out);
	put(p->out, frame->name, FLAME_DEPTH);
	if (!p->look->against) {
		fprintf(p->out, ": %" PRIu64 " samples, %.2f %%; itself %" PRIu64,
			n[FLAME_A], 100 * flame_share(p->f, FLAME_A, n[FLAME_A]),
			frame->self[FLAME_A]);
	} else {
		fprintf(p->out,
			": A %.2f %% (%" PRIu64 " samples), B %.2f %% (%" PRIu64
			"): ",
			100 * flame_share(p->f, FLAME_A, n[FLAME_A]), n[FLAME_A],
			100 * flame_share(p->f, FLAME_B, n[FLAME_B]), n[FLAME_B]);
		if (flame_is_timed(p->f))
			fprintf(p->out, "%.4g and %.4g ns an operation, %+.4g ns",
				flame_part(p->f, FLAME_A, n[FLAME_A]),
				flame_part(p->f, FLAME_B, n[FLAME_B]), change);
		else
			fprintf(p->out, "%+.2f points", 100 * change);
		fprintf(p->out, ", %s; itself A %.2f %%, B %.2f %%",
			flame_word(p->f, change, noise),
			100 * flame_share(p->f, FLAME_A, frame->self[FLAME_A]),
			100 * flame_share(p->f, FLAME_B, frame->self[FLAME_B]));
	}
	fputs("</title>", p->out);
}

static void put_frame(struct picture *p, const struct flame_frame *frame,
		      double x, double w)
{
	double y = p->bottom - frame->depth * ROW, px = w * WIDTH;
	size_t fit = px > 6 ? (size_t)((px - 6) / LETTER) : 0;
	char colour[64];

	if (p->look->against)
		change_colour(p->f, frame->total, colour, sizeof(colour));
	else
		kind_colour(frame->name, colour, sizeof(colour));
	fputs("<g class=\"f\" data-n=\"", p->out);
	put(p->out, frame->name, FLAME_DEPTH);
	fprintf(p->out, "\" data-d=\"%u\" data-x=\"%.7f\" data-w=\"%.7f\">",
		frame->depth, x, w);
	put_title(p, frame);
	fprintf(p->out,
		"<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" rx=\"1\" fill=\"%s\"/>",
		LEFT + x * WIDTH, y, fmax(px, 0.1), ROW - 1, colour);
	fprintf(p->out, "<text x=\"%.2f\" y=\"%.1f\">", LEFT + x * WIDTH + 3,
		y + 12);
	if (fit >= 3 && letters(frame->name) <= fit) {
		put(p->out, frame->name, fit);
	} else if (fit >= 3) {
		put(p->out, frame->name, fit - 2);
		fputs("..", p->out);
	}
	fputs("</text></g>\n", p->out);
}

/* Callers before callees, each callee right of the one before it. */
static void put_frames(struct picture *p)
{
	static double next[FLAME_DEPTH + 2]; /* where the next one of a depth begins */
	const struct flame_frame *frame;
	double w;

	memset(next, 0, sizeof(next));
	for (frame = &p->f->root; frame; frame = flame_next(frame)) {
		double x = next[frame->depth];

		w = share_of(p, frame->total);
		next[frame->depth] += w;
		next[frame->depth + 1] = x;
		if (w * WIDTH >= NARROWEST || !frame->depth)
			put_frame(p, frame, x, w);
		else
			p->undrawn++;
	}
}

/* ---- the whole ---------------------------------------------------------- */

const char *flame_direction(const struct flame *f, const struct flame_look *look,
			    char *text, size_t len)
{
	if (flame_is_timed(f))
		snprintf(text, len,
			 "red: more time an operation in B (%s) than in A (%s); blue: less",
			 look->name[FLAME_B], look->name[FLAME_A]);
	else
		snprintf(text, len,
			 "red: a larger share of B's samples (%s) than of A's (%s); blue: a smaller one",
			 look->name[FLAME_B], look->name[FLAME_A]);
	strncat(text, "; grey: no difference beyond the noise of sampling",
		len - strlen(text) - 1);
	return text;
}

static unsigned int put_notes(const struct picture *p, FILE *out, double y)
{
	const char *const *note;
	char text[2048];
	unsigned int nr = 0;

	if (p->look->against)
		nr += put_words(out, flame_direction(p->f, p->look, text, sizeof(text)),
				y);
	else
		nr += put_words(out,
				"orange: functions; green: inlined into the one below; blue: the kernel",
				y);
	for (note = p->look->notes; note && *note; note++)
		nr += put_words(out, *note, y + nr * LINE);
	return nr;
}

static void put_controls(const struct picture *p, double y)
{
	fprintf(p->out,
		"<foreignObject x=\"%g\" y=\"%g\" width=\"260\" height=\"24\"><input xmlns=\"http://www.w3.org/1999/xhtml\" id=\"find\" type=\"text\" placeholder=\"search: a regular expression\"/></foreignObject>\n",
		LEFT, y);
	fprintf(p->out,
		"<text id=\"matched\" class=\"words\" x=\"%g\" y=\"%g\"> </text>\n",
		LEFT + 272, y + 15);
	fprintf(p->out,
		"<text id=\"reset\" class=\"words button away\" x=\"%g\" y=\"%g\" text-anchor=\"end\">reset zoom</text>\n",
		LEFT + WIDTH, y + 15);
}

void flame_svg(const struct flame *f, const struct flame_look *look, FILE *out)
{
	struct picture p = { .f = f, .look = look, .out = out };
	double notes_y = 44, controls_y, height;

	controls_y = notes_y + put_notes(&p, NULL, 0) * LINE - 6;
	p.bottom = controls_y + 34 + f->depth * ROW;
	height = p.bottom + ROW + 28;
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%.0f\" viewBox=\"0 0 %g %.0f\" data-left=\"%g\" data-width=\"%g\">\n",
		WIDTH + 2 * LEFT, height, WIDTH + 2 * LEFT, height, LEFT, WIDTH);
	fprintf(out, "<style><![CDATA[\n%s]]></style>\n", flame_css);
	fprintf(out, "<text class=\"words title\" x=\"%g\" y=\"24\">", LEFT);
	put(out, look->title, 130);
	fputs("</text>\n", out);
	put_notes(&p, out, notes_y);
	put_controls(&p, controls_y);
	put_frames(&p);
	fprintf(out,
		"<text id=\"details\" class=\"words\" x=\"%g\" y=\"%.1f\">",
		LEFT, p.bottom + ROW + 16);
	if (p.undrawn)
		fprintf(out, "%u frames are too narrow to be drawn", p.undrawn);
	fprintf(out, " </text>\n<script><![CDATA[\n%s]]></script>\n</svg>\n",
		flame_js);
}
