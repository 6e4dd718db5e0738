# SPDX-License-Identifier: GPL-2.0-or-later
#
# format.pl FILE...: where clang-format would write a file otherwise. Columns
# that are lined up by hand inside a line (comments, values, designators) are
# left to their author, as in the kernel: no option of clang-format does that.
use strict;
use warnings;

sub lines {
	my ($handle) = @_;
	my @lines = <$handle>;
	s/(?<=\S)[ \t]+/ /g for @lines;
	return @lines;
}

for my $file (@ARGV) {
	open(my $in, '<', $file) or die "$file: $!\n";
	my @have = lines($in);
	open(my $tool, '-|', 'clang-format', $file) or die "clang-format: $!\n";
	my @want = lines($tool);
	close($tool) or do {
		print "$file:1: clang-format refuses it\n";
		next;
	};
	my $i = 0;
	$i++ while $i < @have && $i < @want && $have[$i] eq $want[$i];
	next if $i == @have && $i == @want;
	printf "%s:%d: clang-format wants: %s", $file, $i + 1,
		$want[$i] // "the end of the file\n";
}
