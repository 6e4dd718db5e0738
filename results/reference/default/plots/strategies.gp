# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp strategies.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "strategies"
picture_id = "strategies"
title = "inv\137range of rcu-array by strategy (one ASID, null device)"
what_below = 47
what = "op unmap, store rcu-array, queue none, entries 1, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: merged. Grey band: differences within it aren\047t\nclaimed (twin: 0.68 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "000-strategies.dat"
xmin = 0.834206917
xmax = 1.92348955
xlog = 0
xtick = ' 1 1.2 1.4 1.6 1.8'
xplace = ' 1 1.2 1.4 1.6 1.8'
array row_name = ["recheck", "asymmetric", "reader-wmb", "none", "rcu-gp", "acquire-release", "rcu-gp-expedited", "merged", "v9", "full", "v9-dma", "merged-dma", "same", "twin"]
array row_value = ["23.88  \13323.13, 24.62\135", "24.45  \13324.07, 24.83\135", "24.58  \13324.21, 24.95\135", "24.60  \13324.09, 25.11\135", "24.65  \13324.21, 25.09\135", "24.84  \13324.37, 25.32\135", "25.08  \13324.36, 25.80\135", "25.79  \13325.57, 26.00\135", "25.93  \13325.67, 26.19\135", "47.45  \13346.87, 48.02\135", "47.58  \13346.98, 48.18\135", "47.89  \13347.55, 48.23\135", "25.78  \13325.57, 25.99\135", "25.85  \13325.55, 26.16\135"]
xtitle = "ratio to merged, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.00682984971
rows = 14
controls = 2
left = 168.2
right = 205.4
below = 143
plot_height = 405
width = 860
height = 667
