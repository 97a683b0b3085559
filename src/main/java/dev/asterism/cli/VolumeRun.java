package dev.asterism.cli;

import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksVolume;
import dev.asterism.disk.luks.ProcessMemory;
import java.io.IOException;
import java.io.PrintWriter;

/** The volume verbs at work. */
final class VolumeRun {
  private static final int TENTHS = 10;

  private final PrintWriter out;
  private final VolumeCommand.Volume given;
  private final LuksVolume volume;
  private int reported = -1;

  VolumeRun(PrintWriter out, VolumeCommand.Volume given) throws IOException {
    ProcessMemory.protect();
    this.out = out;
    this.given = given;
    this.volume = new LuksVolume(Cryptsetup.load(), given.device, given.integrity);
  }

  int format(VolumeCommand.Key key, boolean formatForeign) throws Exception {
    try (var dataKey = VolumeKey.of(key)) {
      String uuid =
          volume.format(
              LuksFormat.standard(given.integrity != IntegrityRule.ABSENT),
              formatForeign,
              dataKey,
              this::report);
      say("formatted " + given.device + ", UUID " + uuid);
    }
    return ExitCode.SUCCESS;
  }

  int open(String name, VolumeCommand.Key key) throws Exception {
    try (var dataKey = VolumeKey.of(key)) {
      volume.open(name, dataKey);
    }
    say("opened /dev/mapper/" + name);
    return ExitCode.SUCCESS;
  }

  int close(String name) throws IOException {
    volume.close(name);
    say("closed " + name);
    return ExitCode.SUCCESS;
  }

  int resize(String name, VolumeCommand.Key key) throws Exception {
    try (var dataKey = VolumeKey.of(key)) {
      volume.resize(name, dataKey);
    }
    say("resized /dev/mapper/" + name);
    return ExitCode.SUCCESS;
  }

  private void report(double part) {
    int tenths = (int) (part * TENTHS);
    if (tenths != reported) {
      reported = tenths;
      say("wiping: " + tenths * TENTHS + " %");
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
