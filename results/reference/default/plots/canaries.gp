# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp canaries.gp SCRIPTS/svg.gp SCRIPTS/canaries.gp
picture = "canaries"
picture_id = "canaries"
title = "Canaries over the run: the machine\047s own state"
what_below = 47
what = "An add loop and a line\047s round trip between two CPUs, every 16th round; groups in the order of\nthe run"
foot = "A flat trace: one state of the machine. Steps are states that change by themselves: what was\npaired within a round doesn\047t see them.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "canaries.dat"
array group_name = ["", "strategies", "lean", "variants entries=1", "variants entries=64", "stores threads=1", "stores threads=2", "stores ats", "attach", "attach alone", "fences", "reader and fence", "reader and commands", "scaling"]
array group_place = [0, 49.5, 149.5, 249.5, 349.5, 449.5, 564.5, 679.5, 779.5, 879.5, 979.5, 1079.5, 1179.5, 1279.5]
array group_begin = [0, 99.5, 199.5, 299.5, 399.5, 499.5, 629.5, 729.5, 829.5, 929.5, 1029.5, 1129.5, 1229.5]
upright = 0
samples = 1330
every = 1
panels = 2
y1min = 4895.82
y1max = 14643.18
y1log = 0
y1tick = ' 6000 8000 10000 12000 14000'
y1place = ' 6000 8000 10000 12000 14000'
bottom1 = 532
y2min = 53.4003592
y2max = 888.331043
y2log = 1
y2tick = ' 100 200 500'
y2place = ' 100 200 500'
bottom2 = 300
ytitle1 = "add loop, ns"
ytitle2 = "round trip, ns"
left = 92
right = 24
plot_height = 210
width = 860
height = 838
