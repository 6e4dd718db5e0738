# SPDX-License-Identifier: GPL-2.0-or-later
#
# allowed.pl TABLE: passes on checkpatch's terse lines but for those that TABLE
# allows: a file, or the start of its path; a type of finding (or *); why.
use strict;
use warnings;

my $table = shift;
my @rules;
open(my $in, '<', $table) or die "$table: $!\n";
while (<$in>) {
	next if /^#/ || /^\s*$/;
	my ($path, $type, $why) = split ' ', $_, 3;
	die "$table:$.: wants a path, a type and why\n" unless $why;
	push @rules, [ $path eq '*' ? '' : $path, $type ];
}

while (my $line = <STDIN>) {
	my ($file, $type) = $line =~ /^(\S+?):\d+: [A-Z]+:([A-Z0-9_]+):/;
	next if defined $type &&
		grep { index($file, $_->[0]) == 0 &&
			($_->[1] eq '*' || $type eq $_->[1]) } @rules;
	print $line;
}
