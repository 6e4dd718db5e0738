# SPDX-License-Identifier: GPL-2.0-or-later
# Two costs of each variant against each other, each point with its name.
# Uses datafile, label_*, from_*, to_* (places worked out beforehand), dot_*.

@begin
@words_on
set lmargin at screen sx(left)
set rmargin at screen sx(width - right)
set bmargin at screen sy(below)
set tmargin at screen sy(below + plot_height)
set xrange [xmin:xmax]
set yrange [ymin:ymax]
if (xlog) set logscale x
if (ylog) set logscale y
@x_ticks
@y_ticks
set grid xtics ytics linecolor rgb '#E4E4E4' linewidth 1
set xlabel xtitle offset 0, 0.5
set label 9100 ytitle at screen sx(20), screen sy(below + plot_height / 2) \
	center rotate by 90

do for [i = 1:dots] {
	set label i label_name[i] at screen sx(label_x[i]), screen sy(label_y[i]) left front
	set arrow i from screen sx(from_x[i]), screen sy(from_y[i]) \
		to screen sx(to_x[i]), screen sy(to_y[i]) nohead \
		linecolor rgb '#A0A0A0' linewidth 1 back
}
plot for [i = 1:dots] datafile every ::(i - 1)::(i - 1) using 1:4:2:3:5:6 \
		with xyerrorbars pointtype dot_point[i] pointsize 1.2 \
		linecolor rgb dot_colour[i] linewidth 1.6 notitle
unset output
