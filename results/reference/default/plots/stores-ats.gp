# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp stores-ats.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "stores-ats"
picture_id = "stores\137ats"
title = "inv\137range by store, with one ATS stream"
what_below = 47
what = "op unmap, strategy merged, queue none, entries 2, ats on, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: rcu-array. Grey band: differences within it\naren\047t claimed (twin: 0.96 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "006-stores-ats.dat"
xmin = 0.809345567
xmax = 1.44308854
xlog = 0
xtick = ' 0.9 1 1.1 1.2 1.3 1.4'
xplace = ' 0.9 1 1.1 1.2 1.3 1.4'
array row_name = ["unsync-array", "unsync-list", "mutex-list", "mutex-array", "rwlock-list", "cache-tags", "spinlock-list", "rcu-list", "spinlock-array", "rwlock-array", "rcu-array", "devices-list", "same", "twin"]
array row_value = ["28.93  \13328.57, 29.29\135", "29.62  \13328.54, 30.70\135", "31.85  \13331.19, 32.51\135", "31.96  \13331.50, 32.42\135", "32.50  \13332.32, 32.69\135", "33.04  \13332.95, 33.12\135", "33.08  \13333.05, 33.11\135", "33.18  \13331.89, 34.48\135", "33.23  \13333.04, 33.42\135", "33.58  \13331.14, 36.01\135", "33.79  \13333.58, 33.99\135", "47.04  \13346.69, 47.39\135", "33.79  \13333.59, 33.99\135", "33.69  \13333.54, 33.84\135"]
xtitle = "ratio to rcu-array, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.00961965407
rows = 14
controls = 2
left = 148.2
right = 205.4
below = 143
plot_height = 405
width = 860
height = 667
