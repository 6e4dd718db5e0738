// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands in an SVG; whether it is XML, cmd.flame asks a parser. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static char *draw(const struct flame *f, const struct flame_look *look)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	flame_svg(f, look, out);
	fclose(out);
	return text;
}

/* The fill of the frame called @name, into @colour. */
static void colour_of(const char *svg, const char *name, char *colour)
{
	char start[128];
	const char *g, *fill, *end;

	snprintf(start, sizeof(start), "data-n=\"%s\"", name);
	g = strstr(svg, start);
	assert_non_null(g);
	fill = strstr(g, "fill=\"");
	assert_non_null(fill);
	fill += strlen("fill=\"");
	end = strchr(fill, '"');
	assert_in_range(end - fill, 1, 63);
	memcpy(colour, fill, (size_t)(end - fill));
	colour[end - fill] = '\0';
}

static unsigned long hue(const char *colour)
{
	assert_memory_equal(colour, "hsl(", 4);
	return strtoul(colour + 4, NULL, 10);
}

static void names_are_escaped(void **state)
{
	static const struct flame_look look = { .title = "a < b & \"c\"",
						.name = { "A" } };
	struct flame *f = flame_new();
	char *svg;

	(void)state;
	take(f, FLAME_A, "<script>;\"&\x01\xff\xc0\x80\xed\xa0\x80 4\n");
	svg = draw(f, &look);
	assert_non_null(strstr(svg, "a &lt; b &amp; &quot;c&quot;"));
	assert_non_null(strstr(svg, "data-n=\"&lt;script&gt;\""));
	assert_non_null(strstr(svg, "data-n=\"&quot;&amp;???????\""));
	assert_null(strstr(svg, "\x01"));
	free(svg);
	flame_free(f);
}

static void same_tree_same_text(void **state)
{
	static const struct flame_look look = { .title = "t", .name = { "A" } };
	struct flame *f = flame_new(), *g = flame_new();
	char *one, *two;

	(void)state;
	take(f, FLAME_A, "main;a;c 3\nmain;b 4\n");
	take(g, FLAME_A, "main;b 4\nmain;a;c 1\nmain;a;c 2\n");
	one = draw(f, &look);
	two = draw(g, &look);
	assert_string_equal(one, two);
	free(one);
	free(two);
	flame_free(f);
	flame_free(g);
}

static void kinds_have_colours(void **state)
{
	static const struct flame_look look = { .title = "t", .name = { "A" } };
	char function[64], in[64], kernel[64];
	struct flame *f = flame_new();
	char *svg;

	(void)state;
	take(f, FLAME_A, "main;walk_[i];irq_[k] 3\n");
	svg = draw(f, &look);
	colour_of(svg, "main", function);
	colour_of(svg, "walk_[i]", in);
	colour_of(svg, "irq_[k]", kernel);
	assert_in_range(hue(function), 18, 51);
	assert_in_range(hue(in), 80, 129);
	assert_in_range(hue(kernel), 200, 229);
	free(svg);
	flame_free(f);
}

/* Red is more in B, blue is less, and the words say so with both names. */
static void direction(void **state)
{
	static const struct flame_look look = { .title = "t",
						.against = true,
						.name = { "the left", "the right" } };
	static const struct flame_look back = { .title = "t",
						.against = true,
						.name = { "the right", "the left" } };
	struct flame *f = flame_new(), *g = flame_new();
	char colour[64], *svg;

	(void)state;
	take(f, FLAME_A, "main;grows 1000\nmain;shrinks 1000\nmain;gone 1000\n");
	take(f, FLAME_B, "main;grows 2000\nmain;shrinks 1000\nmain;new 900\n");
	svg = draw(f, &look);
	colour_of(svg, "grows", colour);
	assert_memory_equal(colour, "hsl(4,", 6);
	colour_of(svg, "new", colour);
	assert_string_equal(colour, "hsl(4,85%,64%)");
	colour_of(svg, "shrinks", colour);
	assert_memory_equal(colour, "hsl(214,", 8);
	colour_of(svg, "gone", colour);
	assert_string_equal(colour, "hsl(214,85%,64%)");
	colour_of(svg, "main", colour);
	assert_memory_equal(colour, "hsl(0,0%", 8);
	assert_non_null(strstr(svg, "red: a larger share of B's samples (the right) than of A's "));
	assert_non_null(strstr(svg, "than of A's (the left)"));
	free(svg);
	take(g, FLAME_B, "main;grows 1000\nmain;shrinks 1000\nmain;gone 1000\n");
	take(g, FLAME_A, "main;grows 2000\nmain;shrinks 1000\nmain;new 900\n");
	svg = draw(g, &back);
	colour_of(svg, "grows", colour);
	assert_memory_equal(colour, "hsl(214,", 8);
	assert_non_null(strstr(svg, "red: a larger share of B's samples (the left) than of A's "));
	assert_non_null(strstr(svg, "than of A's (the right)"));
	free(svg);
	flame_free(f);
	flame_free(g);
}

/* A smaller share of much more time is more time, and red. */
static void time_is_no_share(void **state)
{
	static const struct flame_look look = { .title = "t",
						.against = true,
						.name = { "the left", "the right" } };
	struct flame *f = flame_new();
	char colour[64], *svg;

	(void)state;
	take(f, FLAME_A, "main;walk 4000\nmain;issue 6000\n");
	take(f, FLAME_B, "main;walk 2000\nmain;issue 8000\n");
	svg = draw(f, &look);
	colour_of(svg, "walk", colour);
	assert_int_equal(hue(colour), 214);
	assert_non_null(strstr(svg, "-20.00 points, smaller share in B"));
	free(svg);
	f->ns[FLAME_A] = 2;
	f->ns[FLAME_B] = 10;
	svg = draw(f, &look);
	colour_of(svg, "walk", colour);
	assert_int_equal(hue(colour), 4);
	assert_non_null(strstr(svg, "0.8 and 2 ns an operation, +1.2 ns, more time in B"));
	assert_non_null(strstr(svg, "red: more time an operation in B (the right) than in A"));
	free(svg);
	flame_free(f);
}

/* The text of a frame is never wider than the frame. */
static void names_are_cut(void **state)
{
	static const struct flame_look look = { .title = "t", .name = { "A" } };
	struct flame *f = flame_new();
	char *svg;

	(void)state;
	take(f, FLAME_A,
	     "main;wide 9000\nmain;a_name_that_is_longer_than_a_tenth_of_all 1000\n");
	svg = draw(f, &look);
	assert_non_null(strstr(svg, ">wide</text>"));
	assert_non_null(strstr(svg, ">a_name_that_i..</text>"));
	free(svg);
	flame_free(f);
}

static void long_words_are_wrapped(void **state)
{
	static const char *notes[] = { NULL, NULL };
	const struct flame_look look = { .title = "t", .notes = notes, .name = { "A" } };
	struct flame *f = flame_new();
	char text[401], *svg;

	(void)state;
	memset(text, 'x', 400);
	text[400] = '\0';
	text[150] = ' ';
	notes[0] = text;
	take(f, FLAME_A, "main 1\n");
	svg = draw(f, &look);
	text[150] = '\0';
	assert_non_null(strstr(svg, text));
	text[150] = 'x';
	text[161] = '\0';
	assert_null(strstr(svg, text));
	free(svg);
	flame_free(f);
}

int run_picture(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(same_tree_same_text),
		cmocka_unit_test(kinds_have_colours),
		cmocka_unit_test(direction),
		cmocka_unit_test(time_is_no_share),
		cmocka_unit_test(names_are_cut),
		cmocka_unit_test(long_words_are_wrapped),
	};

	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
