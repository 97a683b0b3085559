package dev.asterism.cli;

import dev.asterism.admin.Endpoint;
import dev.asterism.cli.TlsInputs.Flag;
import dev.asterism.config.Reloading;
import dev.asterism.config.TlsFiles;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.disk.luks.LuksVolume;
import dev.asterism.joinservice.KeyServiceClient;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A volume's data key: the key-service is asked for it when it is needed. */
final class VolumeKey implements LuksVolume.DataKey, AutoCloseable {
  private static final int KEY_SERVICE_PORT = 9000;

  /**
   * The first call of a process loads all that speaks TLS and HTTP/2, which takes a second of a
   * whole processor, and tens of them on a machine that has none to spare.
   */
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final String id;
  private final String endpoint;
  private final ManagedChannel channel;
  private final @Nullable Reloading<TlsIdentity> identity;

  private VolumeKey(
      String id,
      String endpoint,
      ManagedChannel channel,
      @Nullable Reloading<TlsIdentity> identity) {
    this.id = id;
    this.endpoint = endpoint;
    this.channel = channel;
    this.identity = identity;
  }

  /** Reads the files that the flags name; connects to nobody yet. */
  static VolumeKey of(VolumeCommand.Key given) throws IOException, MalformedException {
    Optional<TlsFiles> files =
        new TlsInputs(
                new Flag("--key-service-cert", given.certificate),
                new Flag("--key-service-key", given.key),
                new Flag("--key-service-ca", given.authorities),
                "--key-service-plain",
                given.plain)
            .files();
    Endpoint where = Endpoint.parse("--key-service-endpoint", given.endpoint, KEY_SERVICE_PORT);
    String endpoint = where.toString();
    if (files.isEmpty()) {
      return new VolumeKey(given.id, endpoint, Channels.openRepeatable(endpoint, null), null);
    }
    InstantSource clock = InstantSource.system();
    var identity = TlsInputs.watch(files.get(), TlsIdentity.Purpose.CLIENT, clock);
    try {
      return new VolumeKey(
          given.id,
          endpoint,
          Channels.openRepeatable(
              endpoint, TlsInputs.mutualTls(identity, clock).client(where.host())),
          identity);
    } catch (RuntimeException e) {
      identity.close();
      throw e;
    }
  }

  @Override
  public Secret get() throws IOException {
    try {
      return new KeyServiceClient(channel, endpoint, DEADLINE).dataKey(id, KeyIds.LENGTH);
    } catch (KeyException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (identity != null) {
      identity.close();
    }
  }
}
