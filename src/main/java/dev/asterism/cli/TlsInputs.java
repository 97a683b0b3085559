package dev.asterism.cli;

import dev.asterism.attestation.Versioned;
import dev.asterism.config.Reloading;
import dev.asterism.config.TlsFiles;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.rpc.MutualTls;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Mutual TLS from three files, or plain gRPC by a flag of its own; nobody gets plain by chance. */
record TlsInputs(Flag certificate, Flag key, Flag authorities, String plainFlag, boolean plain) {
  private static final System.Logger LOG = System.getLogger(TlsInputs.class.getName());

  /** A flag that names a file, perhaps. */
  record Flag(String name, @Nullable Path file) {}

  /** The files; empty where plain gRPC is asked for. */
  Optional<TlsFiles> files() throws MalformedException {
    Path cert = certificate.file();
    Path secret = key.file();
    Path ca = authorities.file();
    boolean some = Stream.of(certificate, key, authorities).anyMatch(flag -> flag.file() != null);
    if (plain) {
      if (some) {
        throw new MalformedException(plainFlag, "contradicts " + names());
      }
      return Optional.empty();
    }
    if (!some) {
      throw new MalformedException(
          names(), "are missing; give all three for mutual TLS, or " + plainFlag + " for none");
    }
    if (cert == null || secret == null || ca == null) {
      throw new MalformedException(names(), "belong together: give all three");
    }
    return Optional.of(new TlsFiles(cert, secret, ca));
  }

  private String names() {
    return certificate.name() + ", " + key.name() + " and " + authorities.name();
  }

  /** Reads the files, and again when they change. */
  static Reloading<TlsIdentity> watch(
      TlsFiles files, TlsIdentity.Purpose purpose, InstantSource clock)
      throws IOException, MalformedException {
    return files.watch(purpose, clock, new ReloadLog(), Reloading.DEFAULT_INTERVAL);
  }

  static MutualTls mutualTls(Reloading<TlsIdentity> identity, InstantSource clock) {
    return new MutualTls(() -> value(identity.get()), clock);
  }

  private static TlsIdentity value(Versioned<TlsIdentity> current) {
    return current.value();
  }

  private static final class ReloadLog implements Reloading.Listener {
    @Override
    public void reloaded(long generation) {
      LOG.log(Level.INFO, "TLS certificates reloaded, generation {0}", generation);
    }

    @Override
    public void rejected(String reason, long generation) {
      LOG.log(
          Level.ERROR,
          "the changed TLS certificates cannot be used, generation {0} stays: {1}",
          generation,
          reason);
    }
  }
}
