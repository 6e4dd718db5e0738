# SPDX-License-Identifier: GPL-2.0-or-later
# One group: each variant's ratio to the baseline with its interval, by rank.
# Uses datafile (columns: see its head), row_name, row_value, rows, controls, noise.

@begin
@words_on
set lmargin at screen sx(left)
set rmargin at screen sx(width - right)
set bmargin at screen sy(below)
set tmargin at screen sy(below + plot_height)

set xrange [xmin:xmax]
set yrange [rows + 1:0]
if (xlog) set logscale x
@x_ticks
set grid xtics linecolor rgb '#E4E4E4' linewidth 1
set xlabel xtitle offset 0, 0.5

# within the twin's spread nothing is claimed
if (noise > 0) {
	if (noise > 1e6) {
		set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind
	} else {
		set object 1 rectangle from first 1 / (1 + noise), graph 0 \
			to first 1 + noise, graph 1 behind
	}
	set object 1 fillcolor rgb band_colour fillstyle solid noborder
}
set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead \
	linecolor rgb pale linewidth 1 back
if (controls > 0 && controls < rows) {
	set arrow 2 from graph 0, first rows - controls + 0.5 \
		to graph 1, first rows - controls + 0.5 nohead \
		linecolor rgb pale dashtype 3 linewidth 1
}

do for [i = 1:rows] {
	set label i row_name[i] at screen sx(left - 12), first i right
	set label 1000 + i row_value[i] at screen sx(width - right + 14), first i left
}
set label 2001 value_title at screen sx(width - right + 14), screen sy(below + plot_height + 8) left textcolor rgb pale


# the key, in one row above the plot
array key_name = ['cheaper', 'not claimed', 'dearer', 'baseline', 'A/A control']
array key_point = [7, 6, 5, 13, 2]
array key_colour = [blue, pale, vermillion, black, ink]
array key_at = [30, 132, 264, 358, 468]
do for [i = 1:5] {
	set label 3000 + i '' at screen sx(key_at[i]), screen sy(below + plot_height + 34) \
		point pointtype key_point[i] pointsize 1 linecolor rgb key_colour[i]
	set label 3100 + i key_name[i] at screen sx(key_at[i] + 14), screen sy(below + plot_height + 34) left
}

plot datafile using ($1 > 0 && $2 == 3 ? $8 : NaN):1:9:10 with xerrorbars \
		pointtype 6 pointsize 1 linecolor rgb pale linewidth 1.6 notitle, \
	'' using ($1 > 0 && $2 == 1 ? $8 : NaN):1:9:10 with xerrorbars \
		pointtype 7 pointsize 1 linecolor rgb blue linewidth 1.6 notitle, \
	'' using ($1 > 0 && $2 == 2 ? $8 : NaN):1:9:10 with xerrorbars \
		pointtype 5 pointsize 1 linecolor rgb vermillion linewidth 1.6 notitle, \
	'' using ($1 > 0 && $2 == 0 ? $8 : NaN):1 with points \
		pointtype 13 pointsize 1.4 linecolor rgb black notitle, \
	'' using ($1 > 0 && $2 == 4 ? $8 : NaN):1:9:10 with xerrorbars \
		pointtype 2 pointsize 1 linecolor rgb ink linewidth 1.6 notitle
unset output
