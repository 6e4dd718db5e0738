# SPDX-License-Identifier: GPL-2.0-or-later
#
# First of all scripts: what every picture shares. A picture is drawn by
#   common.gp  PICTURE.gp (its variables)  svg.gp or png.gp  its script
# Places are in pixels of the SVG, from the lower left.

set encoding utf8
set datafile missing 'NaN'
if (!exists('suffix')) suffix = ''

# Okabe & Ito 2008: told apart with any colour vision, and in print.
blue = '#0072B2'
vermillion = '#D55E00'
black = '#000000'
ink = '#222222'
pale = '#606060'
shade_colour = '#EFEAD8'
band_colour = '#D9D9D9'

sx(px) = real(px) / width
sy(px) = real(px) / height

# What a script begins with: it is run once for each format.
begin = "unset mxtics; unset mytics; unset multiplot; unset label; unset arrow; unset object; unset key; unset logscale; unset xtics; unset ytics; unset x2tics; unset grid; unset title; unset xlabel; unset ylabel"

# The frame and the lines of text round it.
set border 3 linecolor rgb '#606060' linewidth 1

# Ticks at the places of a list, and nowhere else.
x_ticks = "set xtics textcolor rgb ink nomirror (word(xtick, 1) real(word(xplace, 1))); do for [k = 2:words(xtick)] { set xtics add (word(xtick, k) real(word(xplace, k))) }"
y_ticks = "set ytics textcolor rgb ink nomirror (word(ytick, 1) real(word(yplace, 1))); do for [k = 2:words(ytick)] { set ytics add (word(ytick, k) real(word(yplace, k))) }"
words_on = "set label 9001 title at screen sx(24), screen sy(height - 26) left font title_font textcolor rgb black; set label 9002 what at screen sx(24), screen sy(height - what_below - 9) left textcolor rgb pale; set label 9003 foot at screen sx(24), screen sy(foot_height - 14) left textcolor rgb pale"
