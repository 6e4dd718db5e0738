# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp reader-and-commands.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "reader-and-commands"
picture_id = "reader\137and\137commands"
title = "the lean inv\137range of 64 entries against building 64 commands"
what_below = 47
what = "entries 64"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: build. Grey band: differences within it aren\047t\nclaimed (twin: 0.01 \045). Floor, the loop alone: 0.812 ns. Artificial: longer than what real\nsystems have.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 98
datafile = "011-reader-and-commands.dat"
xmin = 0.970600141
xmax = 1.15338444
xlog = 0
xtick = ' 1 1.05 1.1 1.15'
xplace = ' 1 1.05 1.1 1.15'
array row_name = ["build", "unmap", "same", "twin"]
array row_value = ["55.61  \13355.61, 55.61\135", "63.13  \13362.66, 63.60\135", "55.61  \13355.61, 55.61\135", "55.61  \13355.61, 55.61\135"]
xtitle = "ratio to build, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.000108134278
rows = 4
controls = 2
left = 86
right = 205.4
below = 164
plot_height = 135
width = 860
height = 418
