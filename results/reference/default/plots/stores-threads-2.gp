# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp stores-threads-2.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "stores-threads-2"
picture_id = "stores\137threads\1372"
title = "inv\137range by store"
what_below = 47
what = "op unmap, strategy merged, queue none, entries 1, threads 2"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: rcu-array. Grey band: differences within it\naren\047t claimed (twin: 7.98 \045).\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "005-stores-threads-2.dat"
xmin = 0.825457312
xmax = 7.16387361
xlog = 1
xtick = ' 1 1.5 2 3 4 5 7'
xplace = ' 1 1.5 2 3 4 5 7'
array row_name = ["devices-list", "rcu-list", "rcu-array", "seqcount-array", "rwlock-array", "rwlock-list", "spinlock-list", "spinlock-array", "cache-tags", "mutex-list", "mutex-array", "same", "twin"]
array row_value = ["25.62  \13325.04, 26.20\135", "25.89  \13325.71, 26.06\135", "26.97  \13325.32, 28.62\135", "35.57  \13335.49, 35.66\135", "48.67  \13345.27, 52.07\135", "50.48  \13347.60, 53.35\135", "91.22  \13390.79, 91.65\135", "93.05  \13390.53, 95.56\135", "115.2  \133114.1, 116.3\135", "152.3  \133144.1, 160.4\135", "159.2  \133150.6, 167.9\135", "26.96  \13325.32, 28.61\135", "26.46  \13325.83, 27.09\135"]
xtitle = "ratio to rcu-array, paired (left is cheaper)"
value_title = "ns, per thread \13395 \045\135"
noise = 0.079790843
rows = 13
controls = 2
left = 152.6
right = 205.4
below = 143
plot_height = 378
width = 860
height = 640
