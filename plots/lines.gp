# SPDX-License-Identifier: GPL-2.0-or-later
# Cost against a number: a line for each variant, one or two panels.
# Uses datafile (a block for each line), line_*, last_*, end_*, shade, band.

band_plot = "datafile index lines using 1:(-column(p + 1)):(column(p + 1)) with filledcurves fillcolor rgb band_colour fillstyle solid noborder notitle"
lines_plot = "for [i = 1:lines] datafile index i - 1 using 2:col with lines linecolor rgb line_colour[i] dashtype line_dash[i] linewidth 2 notitle, for [i = 1:lines] datafile index i - 1 using 2:col:(column(col + 1)):(column(col + 2)) with yerrorbars pointtype line_point[i] pointsize 0.9 linecolor rgb line_colour[i] linewidth 1.4 notitle"

@begin
set lmargin at screen sx(left)
set rmargin at screen sx(width - right)
set xrange [xmin:xmax]
if (xlog) set logscale x
@x_ticks
set grid xtics ytics linecolor rgb '#E4E4E4' linewidth 1

set multiplot
do for [p = 1:panels] {
	unset label; unset arrow; unset object; unset ytics; unset logscale y
	if (p == 1) { @words_on }
	if (p == 1) {
		ymin = y1min; ymax = y1max; ylog = y1log; ytick = y1tick; yplace = y1place
		ytitle = ytitle1; bottom = bottom1
	} else {
		ymin = y2min; ymax = y2max; ylog = y2log; ytick = y2tick; yplace = y2place
		ytitle = ytitle2; bottom = bottom2
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
	if (p == panels) { set xlabel xtitle offset 0, 0.5 } else { unset xlabel }

	if (shade == shade) {
		x0 = shade > xmin ? shade : xmin
		set object 1 rectangle from first x0, graph 0 to graph 1, graph 1 \
			behind fillcolor rgb shade_colour fillstyle solid noborder
		set label 8001 shade_word at graph 1, screen sy(bottom + plot_height + 11) right \
			textcolor rgb pale
	}
	if (band) {
		set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead \
			linecolor rgb pale linewidth 1 back
	}
	col = 3 * p
	do for [i = 1:lines] {
		end = p == 1 ? end_1[i] : end_2[i]
		set arrow 100 + i from first last_x[i], first (p == 1 ? last_1[i] : last_2[i]) \
			to screen sx(width - right + 26), screen sy(end) nohead \
			linecolor rgb '#A0A0A0' linewidth 1 back
		set label 100 + i '' at screen sx(width - right + 34), screen sy(end) \
			point pointtype line_point[i] pointsize 0.9 linecolor rgb line_colour[i]
		set label 200 + i line_name[i] at screen sx(width - right + 48), screen sy(end) left
	}
	if (band) { plot @band_plot, @lines_plot } else { plot @lines_plot }
}
unset multiplot
unset output
