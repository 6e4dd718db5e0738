# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp variants-entries-1.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "variants-entries-1"
picture_id = "variants\137entries\1371"
title = "what the zeroed batch costs"
what_below = 47
what = "op unmap, store rcu-array, strategy merged, queue none, entries 1, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: faithful. Grey band: differences within it\naren\047t claimed (twin: 1.59 \045). Floor, the loop alone: 0.814 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "002-variants-entries-1.dat"
xmin = 0.112325982
xmax = 1.13298701
xlog = 1
xtick = ' 0.15 0.2 0.3 0.4 0.5 0.7 1'
xplace = ' 0.15 0.2 0.3 0.4 0.5 0.7 1'
array row_name = ["lean", "faithful", "same", "twin"]
array row_value = ["3.281  \1333.261, 3.301\135", "25.92  \13325.61, 26.22\135", "25.92  \13325.61, 26.22\135", "25.76  \13325.50, 26.02\135"]
xtitle = "ratio to faithful, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.0158785886
rows = 4
controls = 2
left = 88.8
right = 205.4
below = 143
plot_height = 135
width = 860
height = 397
