# imapd: what each target does stands behind it; the work is done by the scripts in build/.
#
#   make            publish both executables into out/
#   make run        development server on loopback, account test/test
#   make check      build and run every test
#   make install    put the published files under DESTDIR and PREFIX
#   make deb        the Debian package, into out/; make rpm the RPM
#   make check-packages   make them twice, compare, lint, and use the package in a Debian that boots beside this one
#   make stress     the randomised stress for MINUTES=10, perhaps again with the SEED of one that failed
#   make fuzz       the fuzzers for MINUTES=10, perhaps with the SEED or one TARGET, or one INPUT again
#   make bench      measure this build beside Dovecot; BENCH="quick lines=select,store" does less, sooner
#   make clean      remove everything a build made

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=

SOURCES := $(shell find Imapd.Protocol Imapd.Storage.Maildir Imapd.Worker Imapd.Master \
	\( -name bin -o -name obj \) -prune -o \( -name '*.cs' -o -name '*.csproj' \) -print 2>/dev/null) \
	Directory.Build.props Directory.Packages.props build/publish.sh

all: out/.published
	@build/choose-framework --print

out/.published: build/framework.props $(SOURCES)
	@build/publish.sh

build/framework.props: build/choose-framework
	@build/require-tools
	@build/choose-framework

run: out/.published
	@build/run.sh

check:
	@build/check.sh

install: all
	@build/install.sh "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)"

deb: all
	@build/deb.sh

rpm: all
	@build/rpm.sh

check-packages: all
	@build/check-packages.sh

MINUTES ?= 10
stress: out/.published
	@build/stress.sh "$(MINUTES)" "$(SEED)"

fuzz:
	@build/fuzz.sh "$(MINUTES)" "$(SEED)" "$(TARGET)" "$(INPUT)"

bench: out/.published
	@bench/bench.sh $(BENCH)

clean:
	rm -rf out TestResults Imapd.Tests/TestResults build/framework.props
	find . -path ./.git -prune -o -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

.PHONY: all run check install deb rpm check-packages stress fuzz bench clean
