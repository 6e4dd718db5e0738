# SPDX-License-Identifier: GPL-2.0-or-later
# Text and lines in pixels: 16 px are 12 pt.
set terminal svg noenhanced size width, height font 'DejaVu Sans,16' \
	name picture_id background rgb 'white' linewidth 1 rounded
title_font = ',19'
set output picture.'.svg'.suffix
