# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp scaling.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "scaling"
picture_id = "scaling"
title = "inv\137range of rcu-array by threads"
what_below = 47
what = "op unmap, store rcu-array, strategy merged, queue none, entries 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: 1. Grey band: differences within it aren\047t\nclaimed (twin: 0.37 \045). Floor, the loop alone: 0.826 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "012-scaling.dat"
xmin = 0.46752792
xmax = 1.051272
xlog = 0
xtick = ' 0.5 0.6 0.7 0.8 0.9 1'
xplace = ' 0.5 0.6 0.7 0.8 0.9 1'
array row_name = ["2", "1", "same", "twin"]
array row_value = ["26.44  \13325.82, 27.06\135", "25.78  \13325.49, 26.06\135", "25.78  \13325.50, 26.06\135", "25.76  \13325.50, 26.01\135"]
xtitle = "ratio to 1, paired (left is cheaper)"
value_title = "ns, per thread \13395 \045\135"
noise = 0.00365858832
rows = 4
controls = 2
left = 86
right = 205.4
below = 143
plot_height = 135
width = 860
height = 397
