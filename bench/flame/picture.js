// SPDX-License-Identifier: GPL-2.0-or-later
// Zoom and search within one picture. Needs no network and no other file.
(function () {
	"use strict";
	const box = document.documentElement;
	const left = Number(box.dataset.left), width = Number(box.dataset.width);
	const details = document.getElementById("details");
	const matched = document.getElementById("matched");
	const reset = document.getElementById("reset");
	const find = document.getElementById("find");
	const LETTER = 7.25, EPSILON = 1e-7;

	const frames = Array.from(document.querySelectorAll("g.f"), (g) => ({
		g,
		rect: g.querySelector("rect"),
		text: g.querySelector("text"),
		title: g.querySelector("title").textContent,
		name: g.dataset.n,
		x: Number(g.dataset.x),
		w: Number(g.dataset.w),
		depth: Number(g.dataset.d),
	}));

	function fitted(name, px) {
		const letters = Math.floor((px - 6) / LETTER);

		if (letters < 3)
			return "";
		return name.length <= letters ? name : name.slice(0, letters - 2) + "..";
	}

	function show(f, from, share) {
		const start = Math.max(f.x, from), end = Math.min(f.x + f.w, from + share);
		const x = left + (start - from) / share * width;
		const px = (end - start) / share * width;

		f.rect.setAttribute("x", x.toFixed(2));
		f.rect.setAttribute("width", Math.max(px, 0.1).toFixed(2));
		f.text.setAttribute("x", (x + 3).toFixed(2));
		f.text.textContent = fitted(f.name, px);
	}

	// What is zoomed to fills the width; its callers stay around it.
	function zoom(to) {
		for (const f of frames) {
			const inside = f.depth >= to.depth && f.x >= to.x - EPSILON &&
				f.x + f.w <= to.x + to.w + EPSILON;
			const caller = f.depth < to.depth && f.x <= to.x + EPSILON &&
				f.x + f.w >= to.x + to.w - EPSILON;

			f.g.classList.toggle("away", !inside && !caller);
			f.g.classList.toggle("around", caller);
			if (inside || caller)
				show(f, to.x, to.w);
		}
		reset.classList.toggle("away", to.depth === 0);
	}

	// Frames may lie on each other: each part of the width counts once.
	function share(found) {
		let sum = 0, end = -1;

		for (const f of found.slice().sort((a, b) => a.x - b.x)) {
			const from = Math.max(f.x, end);

			if (f.x + f.w > from) {
				sum += f.x + f.w - from;
				end = f.x + f.w;
			}
		}
		return sum;
	}

	function search(text) {
		let re = null, found;

		for (const f of frames)
			f.g.classList.remove("found");
		try {
			re = text ? new RegExp(text) : null;
			find.classList.remove("wrong");
		} catch (e) {
			find.classList.add("wrong");
			matched.textContent = "no regular expression";
			return;
		}
		found = re ? frames.filter((f) => f.depth > 0 && re.test(f.name)) : [];
		for (const f of found)
			f.g.classList.add("found");
		matched.textContent = re ? "matched: " + (100 * share(found)).toFixed(2) +
			" % in " + found.length + " frames" : "";
	}

	for (const f of frames) {
		f.g.addEventListener("click", () => zoom(f));
		f.g.addEventListener("mouseover", () => { details.textContent = f.title; });
		f.g.addEventListener("mouseout", () => { details.textContent = " "; });
	}
	reset.addEventListener("click", () => zoom(frames[0]));
	find.addEventListener("input", () => search(find.value));
	window.addEventListener("keydown", (e) => {
		if ((e.ctrlKey || e.metaKey) && e.key === "f") {
			e.preventDefault();
			find.focus();
			find.select();
		} else if (e.key === "Escape") {
			find.value = "";
			search("");
			zoom(frames[0]);
		}
	});
	reset.classList.add("away");
})();
