# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp attach-alone.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "attach-alone"
picture_id = "attach\137alone"
title = "attach + detach by strategy, nobody else running"
what_below = 47
what = "op attach, store rcu-array, queue none, entries 1, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: merged. Grey band: differences within it aren\047t\nclaimed (twin: 1.56 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "008-attach-alone.dat"
xmin = 0.903320131
xmax = 2.34199795
xlog = 0
xtick = ' 1 1.5 2'
xplace = ' 1 1.5 2'
array row_name = ["recheck", "none", "merged", "merged-dma", "reader-wmb", "acquire-release", "v9", "full", "v9-dma", "rcu-gp", "rcu-gp-expedited", "asymmetric", "same", "twin"]
array row_value = ["441.6  \133438.2, 444.9\135", "441.9  \133438.8, 445.1\135", "442.2  \133438.8, 445.6\135", "441.9  \133438.1, 445.8\135", "442.5  \133438.6, 446.3\135", "442.6  \133439.3, 445.9\135", "449.3  \133446.0, 452.7\135", "494.7  \133490.6, 498.9\135", "496.5  \133485.0, 507.9\135", "536.2  \133532.3, 540.1\135", "538.5  \133533.0, 544.0\135", "997.1  \133993.4, 1001\135", "442.5  \133439.3, 445.6\135", "447.1  \133444.1, 450.1\135"]
xtitle = "ratio to merged, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.015560057
rows = 14
controls = 2
left = 168.2
right = 205.4
below = 143
plot_height = 405
width = 860
height = 667
