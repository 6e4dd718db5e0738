// SPDX-License-Identifier: GPL-2.0-or-later
/* The stock driver's part of the self-test. Without a spare function it is skipped. */
#include <linux/errno.h>
#include <linux/string.h>

#include "checks.h"
#include "selftest.h"
#include "subject.h"

int stock_planted(int ret, struct subject_error *err, const char *caught, const char *missed)
{
	if (ret == STOCK_SKIP)
		return ret;
	if (ret == -EINVAL && strstr(err->msg, caught))
		return 0;
	if (!ret)
		strscpy(err->msg, missed, sizeof(err->msg));
	return -EINVAL;
}

static void tell(int ret, const struct subject_error *err)
{
	if (ret == STOCK_SKIP)
		ktap_skip(err->msg);
	else if (ret)
		ktap_fail("%s", err->msg);
	else if (*err->msg)
		ktap_note("%s", err->msg);
}

#define CASE(name)					\
static void name(void)					\
{							\
	struct subject_error err = {};			\
							\
	tell(stock_check_##name(&err), &err);		\
}

CASE(stale)
CASE(fidelity)
CASE(invs)
CASE(stale_planted)
CASE(fidelity_planted)
CASE(invs_planted)

static const struct ktap_case cases[] = {
	KTAP_CASE(stale),
	KTAP_CASE(fidelity),
	KTAP_CASE(invs),
};

static const struct ktap_case busted[] = {
	KTAP_CASE(stale_planted),
	KTAP_CASE(fidelity_planted),
	KTAP_CASE(invs_planted),
};

const struct ktap_suite selftest_stock = { KTAP_SUITE("stock", cases) };
const struct ktap_suite selftest_stock_busted = { KTAP_SUITE("stock-busted", busted) };
