# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp reader-and-fence.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "reader-and-fence"
picture_id = "reader\137and\137fence"
title = "the lean inv\137range of one ASID against its bare smp\137mb()"
what_below = 47
what = ""
foot = "Bars: 95 \045 interval over 10 launches. Baseline: fence. Grey band: differences within it aren\047t\nclaimed (twin: 2.91 \045). Floor, the loop alone: 0.839 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "010-reader-and-fence.dat"
xmin = 0.913818085
xmax = 1.99535633
xlog = 0
xtick = ' 1 1.2 1.4 1.6 1.8'
xplace = ' 1 1.2 1.4 1.6 1.8'
array row_name = ["fence", "unmap", "same", "twin"]
array row_value = ["1.761  \1331.721, 1.800\135", "3.338  \1333.279, 3.396\135", "1.757  \1331.717, 1.797\135", "1.749  \1331.737, 1.761\135"]
xtitle = "ratio to fence, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.029063179
rows = 4
controls = 2
left = 86
right = 205.4
below = 143
plot_height = 135
width = 860
height = 397
