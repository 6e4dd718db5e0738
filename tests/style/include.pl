# SPDX-License-Identifier: GPL-2.0-or-later
#
# include.pl <FILES: which of the C files named on standard input include what
# they must not. Arrows of inclusion point down the list of rooms.
use strict;
use warnings;

# From the bottom up; a room includes its own files and those before it.
my @rooms = qw(bench/compat kmod/smmu kmod/measure kmod/selftest kmod/stock kmod/mmio
	kmod/torture bpf bench/gbench bench/stats bench/measure bench/guest bench/doctor
	bench/worker bench/probe bench/flame bench/plan bench/result bench/cmd tests);
my %level;
@level{@rooms} = 0 .. $#rooms;

my @worker_without = (qr{^gsl/}, qr{^ini\.h$}, qr{^jansson}, qr{gbench},
	qr{^benchmark/});

my (@files, %by_name);
while (my $file = <STDIN>) {
	chomp $file;
	push @files, $file;
	push @{ $by_name{ $file =~ s{.*/}{}r } }, $file;
}

sub room {
	my ($file) = @_;
	my ($room) = grep { index($file, "$_/") == 0 } @rooms;
	return $room;
}

# Which of our files an #include "..." means: beside, from the top, or by name.
sub ours {
	my ($from, $name) = @_;
	my ($dir) = $from =~ m{^(.*)/};
	my %is = map { $_ => 1 } @{ $by_name{ $name =~ s{.*/}{}r } // [] };
	my $beside = "$dir/$name";
	1 while $beside =~ s{[^/.][^/]*/\.\./}{};
	return $beside if $is{$beside};
	my @end = grep { $_ eq $name || m{/\Q$name\E$} } sort keys %is;
	return $end[0];
}

sub wrong {
	my ($file, $room, $name, $angled) = @_;
	my $test = $file =~ m{(^|/)(tests?|examples?)/};

	if ($room eq 'kmod/smmu' && !$test && $angled) {
		# The facade is plain C, for callers outside.
		return undef if $file =~ m{/(subject|transitions)\.h$} &&
			$name =~ /^std(bool|def|int)\.h$/;
		return 'the subject takes linux/*.h, asm/*.h and its own only'
			if $name !~ m{^(linux|asm)/};
	}
	if ($room eq 'kmod/selftest' && $angled) {
		return 'cases are kernel C: linux/*.h, asm/*.h and our own'
			if $name !~ m{^(linux|asm)/};
	}
	if ($room eq 'bench/worker' && !$test) {
		return 'the worker does without it'
			if grep { $name =~ $_ } @worker_without;
	}
	return undef if $angled && $room ne 'bench/gbench';

	my $target = ours($file, $name);
	return undef unless defined $target;
	my $other = room($target);
	return undef unless defined $other && $other ne $room;
	# Not the shims: they are named as the system's headers are.
	return undef if $angled && $other eq 'bench/compat';
	return 'the wrapper uses nothing of ours' if $room eq 'bench/gbench';
	return "$room may not look up into $other"
		if $level{$other} > $level{$room};
	return 'the subject takes linux/*.h, asm/*.h and its own only'
		if $room eq 'kmod/smmu' && !$test;
	return undef;
}

for my $file (@files) {
	my $room = room($file);
	next unless defined $room;
	open(my $in, '<', $file) or die "$file: $!\n";
	while (<$in>) {
		print "$file:$.: the subject doesn't ask which world it is in\n"
			if $room eq 'kmod/smmu' && /__KERNEL__/;
		next unless /^\s*#\s*include\s*([<"])([^>"]+)[>"]/;
		my $why = wrong($file, $room, $2, $1 eq '<');
		print "$file:$.: includes $2: $why\n" if defined $why;
	}
}
