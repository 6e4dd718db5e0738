# SPDX-License-Identifier: GPL-2.0-or-later
#
# sparse.pl BUILD: what sparse says of each .c file of the subject that BUILD
# compiles, with the flags of its first instance.
use strict;
use warnings;
use Cwd qw(getcwd realpath);
use JSON::PP;
use Text::ParseWords qw(shellwords);

my $build = shift;
my $subject = realpath(getcwd()) . '/kmod/smmu/';

open(my $in, '<', "$build/compile_commands.json")
	or die "$build/compile_commands.json: $!\n";
my $commands = decode_json(do { local $/; <$in> });

my (%seen, $count);
for my $entry (sort { $a->{file} cmp $b->{file} } @$commands) {
	my $file = $entry->{file};
	next unless index($file, $subject) == 0 && $file =~ /\.c$/;
	next if $file =~ m{/tests?/} || $seen{$file}++;

	my @words = shellwords($entry->{command});
	shift @words;
	my @flags;
	while (defined(my $word = shift @words)) {
		if ($word =~ /^-(o|MF|MT|MQ)$/) {
			shift @words;
		} elsif ($word =~ /^-(isystem|include|I|D|U)$/) {
			push @flags, $word, shift @words;
		} elsif ($word =~ /^-(I|D|U|std=|m|include|isystem)/) {
			# like loops are alike to sparse: the fewest will do
			next if $word =~ /SMMU_INSTANCE_RCU=/;
			push @flags, $word;
		}
	}
	push @flags, '-DSMMU_INSTANCE_RCU=mb';
	chdir $entry->{directory} or die "$entry->{directory}: $!\n";
	open(my $out, '-|', 'sh', '-c', 'exec 2>&1 sparse "$@"', 'sh',
		'-Wno-decl', '-Wsparse-error', @flags, $file)
		or die "sparse: $!\n";
	my @said = <$out>;
	close($out);
	print @said;
	print "$file:1: sparse fails: $?\n" if $? && !@said;
	$count++;
}
print "$build: compiles no file of the subject\n" unless $count;
