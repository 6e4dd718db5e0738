/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_JUMP_LABEL_H_
#define _COMPAT_LINUX_JUMP_LABEL_H_

/*
 * Static keys as plain flags: a load and a branch where the kernel patches
 * the code.
 */
#include <linux/compiler.h>
#include <linux/types.h>

struct static_key_false {
	bool enabled;
};

struct static_key_true {
	bool enabled;
};

#define DEFINE_STATIC_KEY_FALSE(name) \
	struct static_key_false name = { .enabled = false }
#define DEFINE_STATIC_KEY_TRUE(name) \
	struct static_key_true name = { .enabled = true }
#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DECLARE_STATIC_KEY_TRUE(name)	extern struct static_key_true name

#define static_branch_likely(key)	likely(READ_ONCE((key)->enabled))
#define static_branch_unlikely(key)	unlikely(READ_ONCE((key)->enabled))
#define static_branch_enable(key)	WRITE_ONCE((key)->enabled, true)
#define static_branch_disable(key)	WRITE_ONCE((key)->enabled, false)

#endif /* _COMPAT_LINUX_JUMP_LABEL_H_ */
