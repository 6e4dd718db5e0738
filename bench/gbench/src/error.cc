// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"

#include <cstdio>

namespace gb
{

/* Not a std::string: keeping a message must not fail. */
static thread_local char last[512];

void set_last_error(const char *what) noexcept
{
	snprintf(last, sizeof(last), "%s", what);
}

/* Length of the UTF-8 sequence at @s; 0 when there is none. RFC 3629. */
static size_t utf8_length(const unsigned char *s)
{
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	/* Overlong forms, surrogates, beyond U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

std::string text(const char *what, const char *s, bool may_be_empty)
{
	if (!s)
		bad(std::string(what) + " is NULL");
	if (!*s && !may_be_empty)
		bad(std::string(what) + " is empty");

	const unsigned char *p = reinterpret_cast<const unsigned char *>(s);

	while (*p) {
		size_t n = utf8_length(p);

		if (!n)
			bad(std::string(what) + " is not UTF-8");
		if (*p < 0x20 || *p == 0x7f)
			bad(std::string(what) + " has a control character");
		p += n;
	}
	return s;
}

} /* namespace gb */

extern "C" const char *gb_last_error(void)
{
	return gb::last;
}
