# SPDX-License-Identifier: GPL-2.0-or-later
# Twice the pixels of the SVG; 12 pt are 16 of pngcairo's pixels.
if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) \
	set terminal pngcairo noenhanced size 2 * width, 2 * height \
		font 'DejaVu Sans,12' fontscale 2 linewidth 2 pointscale 3 dashlength 0.7 \
		background rgb 'white' rounded; \
else \
	set terminal png noenhanced size 2 * width, 2 * height giant \
		linewidth 2 background rgb 'white'
title_font = ',14'
set output picture.'.png'.suffix
