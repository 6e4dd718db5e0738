# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp variants-entries-64.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "variants-entries-64"
picture_id = "variants\137entries\13764"
title = "what the zeroed batch costs"
what_below = 47
what = "op unmap, store rcu-array, strategy merged, queue none, entries 64, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: faithful. Grey band: differences within it\naren\047t claimed (twin: 2.49 \045). Floor, the loop alone: 0.818 ns. Artificial: longer than what\nreal systems have.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 98
datafile = "003-variants-entries-64.dat"
xmin = 0.167533825
xmax = 1.11722954
xlog = 1
xtick = ' 0.2 0.3 0.4 0.5 0.7 1'
xplace = ' 0.2 0.3 0.4 0.5 0.7 1'
array row_name = ["lean", "faithful", "same", "twin"]
array row_value = ["63.57  \13362.75, 64.39\135", "345.0  \133327.1, 362.8\135", "348.1  \133323.6, 372.5\135", "332.5  \133324.7, 340.3\135"]
xtitle = "ratio to faithful, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.0249107554
rows = 4
controls = 2
left = 88.8
right = 205.4
below = 164
plot_height = 135
width = 860
height = 418
