# SPDX-License-Identifier: GPL-2.0-or-later
# Latencies as steps, a curve each. Uses datafile (a block for each curve), curve_*, cost.

@begin
set lmargin at screen sx(left)
set rmargin at screen sx(width - right)
set bmargin at screen sy(below)
set tmargin at screen sy(below + plot_height)
set xrange [xmin:xmax]
set yrange [ymin:ymax]
if (xlog) set logscale x
@x_ticks
@y_ticks
set grid xtics ytics linecolor rgb '#E4E4E4' linewidth 1
@words_on
set label 9100 ytitle at screen sx(20), screen sy(below + plot_height / 2) center rotate by 90
set xlabel xtitle offset 0, 0.5
if (cost == cost && cost > xmin) {
	set object 1 rectangle from graph 0, graph 0 to first (cost < xmax ? cost : xmax), graph 1 \
		behind fillcolor rgb shade_colour fillstyle solid noborder
}
set key top right reverse Left samplen 2 spacing 1.2 textcolor rgb ink
plot for [i = 1:curves] datafile index i - 1 using 1:2 with fillsteps \
		fillcolor rgb curve_colour[i] fillstyle transparent solid 0.15 noborder notitle, \
	for [i = 1:curves] datafile index i - 1 using 1:2 with steps linewidth 2 \
		linecolor rgb curve_colour[i] title curve_name[i]
unset output
