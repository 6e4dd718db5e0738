# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp lean.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "lean"
picture_id = "lean"
title = "the same without the driver\047s zeroing of its batch"
what_below = 47
what = "op unmap, store rcu-array, variant lean, queue none, entries 1, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: merged. Grey band: differences within it aren\047t\nclaimed (twin: 2.85 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "001-lean.dat"
xmin = 0.844295533
xmax = 7.24412427
xlog = 1
xtick = ' 1 1.5 2 3 4 5 7'
xplace = ' 1 1.5 2 3 4 5 7'
array row_name = ["reader-wmb", "rcu-gp-expedited", "asymmetric", "none", "acquire-release", "rcu-gp", "v9", "merged", "recheck", "full", "merged-dma", "v9-dma", "same", "twin"]
array row_value = ["3.114  \1333.111, 3.117\135", "3.115  \1333.109, 3.121\135", "3.115  \1333.111, 3.120\135", "3.117  \1333.113, 3.121\135", "3.129  \1333.127, 3.131\135", "3.128  \1333.096, 3.159\135", "3.275  \1333.269, 3.281\135", "3.295  \1333.254, 3.336\135", "3.808  \1333.783, 3.833\135", "21.31  \13321.29, 21.33\135", "21.31  \13321.29, 21.33\135", "21.37  \13321.28, 21.46\135", "3.298  \1333.253, 3.342\135", "3.327  \1333.275, 3.378\135"]
xtitle = "ratio to merged, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.0285237359
rows = 14
controls = 2
left = 168.2
right = 205.4
below = 143
plot_height = 405
width = 860
height = 667
