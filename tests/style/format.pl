# SPDX-License-Identifier: GPL-2.0-or-later
#
# format.pl [--fix] FILE...: the lines that .clang-format would write otherwise, both as
# it stands (80 columns) and with line breaks left to the author (ColumnLimit 0:
# checkpatch says what is too long). One of the two must agree with each line;
# --fix writes the others as the second has them. From the top of the project.
#
# Left to the author, as in the kernel: columns that are lined up inside a line
# (comments, values, designators), for which clang-format 14 has no option, the
# space in "* const", and macros, where 14 takes (a) & b for a cast.
use strict;
use warnings;
use File::Temp qw(tempdir);

my $dir = tempdir(CLEANUP => 1);

sub slurp {
	my ($path) = @_;
	open(my $in, '<', $path) or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

sub spill {
	my ($path, $text) = @_;
	open(my $out, '>', $path) or die "$path: $!\n";
	print $out $text;
	close($out) or die "$path: $!\n";
	return $path;
}

# The text to compare and the number of each of its lines in the file.
sub judged {
	my (@lines, @numbers, $macro);
	my $number = 0;
	for my $line (split /^/, $_[0]) {
		$number++;
		$macro = 1 if $line =~ /^\s*#\s*define\b/;
		my $inside = $macro;
		$macro = 0 unless $line =~ /\\$/;
		next if $inside;
		$line =~ s/(?<=\S)[ \t]+/ /g;
		$line =~ s/\* const\b/*const/g;
		push @lines, $line;
		push @numbers, $number;
	}
	return (join('', @lines), \@numbers);
}

my $as_it_stands = slurp('.clang-format');
my $breaks_kept = $as_it_stands =~ s/^ColumnLimit:.*/ColumnLimit: 0/mr;
my @styles = (spill("$dir/a", $as_it_stands), spill("$dir/b", $breaks_kept));

my $fix = @ARGV && $ARGV[0] eq '--fix' && shift;

FILE: for my $file (@ARGV) {
	my ($have, $numbers) = judged(slurp($file));
	spill("$dir/have", $have);
	my %votes;
	for my $style (@styles) {
		open(my $tool, '-|', 'clang-format', "-style=file:$style", $file)
			or die "clang-format: $!\n";
		my $text = do { local $/; <$tool> };
		close($tool) or do {
			print "$file:1: clang-format refuses it\n";
			next FILE;
		};
		my ($want) = judged($text);
		spill("$dir/want", $want);
		open(my $diff, '-|', 'diff', '--unchanged-line-format=',
			'--new-line-format=', "--old-line-format=%dn\n",
			"$dir/have", "$dir/want") or die "diff: $!\n";
		while (<$diff>) {
			$votes{ $numbers->[$_ - 1] }++;
		}
		close($diff);
	}
	my @wrong = sort { $a <=> $b } grep { $votes{$_} == @styles } keys %votes;
	print "$file:$_: not as clang-format has it\n" for @wrong;
	system('clang-format', '-i', "-style=file:$styles[1]",
		(map { "-lines=$_:$_" } @wrong), $file) if $fix && @wrong;
}
