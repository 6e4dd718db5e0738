# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp attach.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "attach"
picture_id = "attach"
title = "attach + detach by strategy, beside callers of inv\137range on the other CPUs"
what_below = 47
what = "op attach, store rcu-array, queue none, entries 1, threads 1, readers 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: merged. Grey band: differences within it aren\047t\nclaimed (twin: 1.29 \045). Floor, the loop alone: 0.814 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "007-attach.dat"
xmin = 0.853119955
xmax = 18.1795909
xlog = 1
xtick = ' 1 2 5 10'
xplace = ' 1 2 5 10'
array row_name = ["merged-dma", "acquire-release", "merged", "none", "reader-wmb", "recheck", "v9", "v9-dma", "full", "rcu-gp", "rcu-gp-expedited", "asymmetric", "same", "twin"]
array row_value = ["640.1  \133635.7, 644.5\135", "641.6  \133637.1, 646.1\135", "641.4  \133636.8, 646.0\135", "642.7  \133638.1, 647.2\135", "643.3  \133638.5, 648.1\135", "644.5  \133638.8, 650.2\135", "647.7  \133642.9, 652.5\135", "704.3  \133700.0, 708.6\135", "707.4  \133701.3, 713.5\135", "1857  \1331852, 1862\135", "1868  \1331855, 1880\135", "10068  \13310035, 10102\135", "642.5  \133636.4, 648.6\135", "649.5  \133645.9, 653.2\135"]
xtitle = "ratio to merged, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.0129335313
rows = 14
controls = 2
left = 168.2
right = 217.7
below = 143
plot_height = 405
width = 860
height = 667
