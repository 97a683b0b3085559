package dev.asterism.config;

import dev.asterism.crypto.TlsIdentity;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Where one end of mutual TLS keeps what it shows and whom it believes, PEM, as in a Kubernetes TLS
 * secret.
 *
 * @param certificate its own, then that one's issuers
 * @param key PKCS#8, or as older tools write it
 * @param authorities who signs the other end's certificates
 */
public record TlsFiles(Path certificate, Path key, Path authorities) {

  /**
   * Reads the three as one snapshot and watches them, so that a certificate never meets another
   * one's key.
   *
   * @throws MalformedException naming the file that is wrong
   */
  public Reloading<TlsIdentity> watch(
      TlsIdentity.Purpose purpose,
      InstantSource clock,
      Reloading.Listener listener,
      Duration interval)
      throws IOException, MalformedException {
    return new Reloading<>(
        List.of(certificate, key, authorities),
        files ->
            TlsIdentity.parse(
                source(files, certificate),
                source(files, key),
                source(files, authorities),
                purpose,
                clock.instant()),
        listener,
        interval);
  }

  private static TlsIdentity.Source source(Snapshot files, Path file) {
    return new TlsIdentity.Source(file.toString(), files.file(file));
  }
}
