package dev.asterism.cli;

import dev.asterism.admin.Endpoint;
import dev.asterism.cli.TlsInputs.Flag;
import dev.asterism.config.TlsFiles;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksVolume;
import dev.asterism.disk.luks.ProcessMemory;
import dev.asterism.joinservice.KeyServiceClient;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Optional;

/** The volume verbs at work. */
final class VolumeRun {
  private static final int KEY_SERVICE_PORT = 9000;
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
    try (Secret dataKey = dataKey(key)) {
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
    try (Secret dataKey = dataKey(key)) {
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
    try (Secret dataKey = dataKey(key)) {
      volume.resize(name, dataKey);
    }
    say("resized /dev/mapper/" + name);
    return ExitCode.SUCCESS;
  }

  private static Secret dataKey(VolumeCommand.Key key)
      throws IOException, MalformedException, KeyException {
    Optional<TlsFiles> files =
        new TlsInputs(
                new Flag("--key-service-cert", key.certificate),
                new Flag("--key-service-key", key.key),
                new Flag("--key-service-ca", key.authorities),
                "--key-service-plain",
                key.plain)
            .files();
    if (files.isEmpty()) {
      return dataKey(key.id, Channels.openRepeatable(key.endpoint, null));
    }
    InstantSource clock = InstantSource.system();
    String host = Endpoint.parse("--key-service-endpoint", key.endpoint, KEY_SERVICE_PORT).host();
    try (var identity = TlsInputs.watch(files.get(), TlsIdentity.Purpose.CLIENT, clock)) {
      return dataKey(
          key.id,
          Channels.openRepeatable(key.endpoint, TlsInputs.mutualTls(identity, clock).client(host)));
    }
  }

  private static Secret dataKey(String id, ManagedChannel channel) throws KeyException {
    try {
      return new KeyServiceClient(channel, KeyServiceClient.DEFAULT_DEADLINE)
          .dataKey(id, KeyIds.LENGTH);
    } finally {
      channel.shutdownNow();
    }
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
