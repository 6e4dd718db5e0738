# SPDX-License-Identifier: GPL-2.0-or-later
# The machine's state over the run. Uses datafile, group_*, samples, panels.

@begin
set lmargin at screen sx(left)
set rmargin at screen sx(width - right)
set xrange [-0.5:samples - 0.5]
set grid ytics linecolor rgb '#E4E4E4' linewidth 1

set multiplot
do for [p = 1:panels] {
	unset label; unset arrow; unset ytics; unset xtics; unset logscale y
	if (p == 1) { @words_on }
	if (p == 1) {
		ymin = y1min; ymax = y1max; ylog = y1log; ytick = y1tick; yplace = y1place
		ytitle = ytitle1; bottom = bottom1; colour = blue; shape = 7
	} else {
		ymin = y2min; ymax = y2max; ylog = y2log; ytick = y2tick; yplace = y2place
		ytitle = ytitle2; bottom = bottom2; colour = vermillion; shape = 5
	}
	set bmargin at screen sy(bottom)
	set tmargin at screen sy(bottom + plot_height)
	set yrange [ymin:ymax]
	if (ylog) { set logscale y }
	@y_ticks
	unset mytics
	# by hand: gnuplot's own goes off the paper when numbers are long
	set label 9100 ytitle at screen sx(20), screen sy(bottom + plot_height / 2) \
		center rotate by 90
	do for [i = 2:|group_begin|] {
		set arrow i from first group_begin[i], graph 0 \
			to first group_begin[i], graph 1 nohead \
			linecolor rgb '#B0B0B0' dashtype 3 linewidth 1 back
	}
	if (p == panels) {
		do for [i = 2:|group_name|] {
			if (upright) {
				set label i group_name[i] at first group_place[i], graph 0 \
					center offset character 0, -0.9
			} else {
				set label i group_name[i] at first group_place[i], graph 0 \
					right rotate by 90 offset character 0, -0.6
			}
		}
	}
	# a point may stand for several samples: then the line is what they span
	plot datafile using 1:(column(3 * p)):(0):(column(3 * p + 1) - column(3 * p)) \
			with vectors nohead linecolor rgb '#B0B0B0' linewidth 1 notitle, \
		'' using 1:(column(3 * p - 1)) with points pointtype shape \
			pointsize 0.4 linecolor rgb colour notitle
}
unset multiplot
unset output
