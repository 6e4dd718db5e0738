# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp stores-threads-1.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "stores-threads-1"
picture_id = "stores\137threads\1371"
title = "inv\137range by store"
what_below = 47
what = "op unmap, strategy merged, queue none, entries 1, threads 1"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: rcu-array. Grey band: differences within it\naren\047t claimed (twin: 0.90 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "004-stores-threads-1.dat"
xmin = 0.882883862
xmax = 1.39224324
xlog = 0
xtick = ' 0.9 1 1.1 1.2 1.3'
xplace = ' 0.9 1 1.1 1.2 1.3'
array row_name = ["unsync-list", "devices-list", "rwlock-array", "rwlock-list", "unsync-array", "spinlock-list", "cache-tags", "rcu-array", "spinlock-array", "rcu-list", "mutex-array", "mutex-list", "seqcount-array", "same", "twin"]
array row_value = ["24.56  \13323.60, 25.52\135", "25.15  \13324.81, 25.49\135", "25.20  \13324.95, 25.45\135", "25.37  \13325.05, 25.68\135", "25.62  \13324.62, 26.62\135", "25.60  \13325.42, 25.79\135", "25.72  \13325.06, 26.37\135", "26.04  \13325.75, 26.32\135", "26.17  \13325.78, 26.56\135", "26.22  \13325.50, 26.93\135", "27.87  \13327.11, 28.64\135", "29.81  \13328.13, 31.50\135", "35.15  \13335.04, 35.25\135", "26.03  \13325.75, 26.31\135", "25.93  \13325.71, 26.15\135"]
xtitle = "ratio to rcu-array, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.00903099175
rows = 15
controls = 2
left = 152.6
right = 205.4
below = 143
plot_height = 432
width = 860
height = 694
