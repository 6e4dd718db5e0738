# Draws again, from this folder, SCRIPTS being plots/ of the project:
# gnuplot -d SCRIPTS/common.gp fences.gp SCRIPTS/svg.gp SCRIPTS/intervals.gp
picture = "fences"
picture_id = "fences"
title = "the bare fences, one IOPTE store before each"
what_below = 47
what = "op fence"
foot = "Bars: 95 \045 interval over 10 launches. Baseline: smp\137mb. Grey band: differences within it aren\047t\nclaimed (twin: 1.53 \045). Floor, the loop alone: 0.813 ns.\nMachine: AMD EPYC, 2 CPUs (virtual machine), x86\13764, Linux 6.18.44-fc-v669, clock tsc."
foot_height = 77
datafile = "009-fences.dat"
xmin = 0.388339737
xmax = 11.3382368
xlog = 1
xtick = ' 0.5 1 2 5 10'
xplace = ' 0.5 1 2 5 10'
array row_name = ["none", "barrier", "dma\137wmb", "smp\137rmb", "smp\137wmb", "dma\137rmb", "wmb", "smp\137mb", "rmb", "dma\137mb", "mb", "same", "twin"]
array row_value = ["0.829  \1330.794, 0.864\135", "0.836  \1330.828, 0.844\135", "0.868  \1330.866, 0.871\135", "0.868  \1330.866, 0.871\135", "0.896  \1330.853, 0.940\135", "0.912  \1330.862, 0.961\135", "1.084  \1331.083, 1.084\135", "1.753  \1331.737, 1.770\135", "7.587  \1337.587, 7.588\135", "16.88  \13316.87, 16.88\135", "16.88  \13316.88, 16.88\135", "1.752  \1331.734, 1.770\135", "1.748  \1331.736, 1.760\135"]
xtitle = "ratio to smp\137mb, paired (left is cheaper)"
value_title = "ns  \13395 \045 interval\135"
noise = 0.0153082247
rows = 13
controls = 2
left = 112.5
right = 205.4
below = 143
plot_height = 378
width = 860
height = 640
