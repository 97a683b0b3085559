package dev.asterism.joinservice;

import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.config.Reloading;
import dev.asterism.config.Snapshot;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;

/**
 * Puts each configuration on record before it comes into force, so that the generation in a verdict
 * says by which rules it was found. The salt is left out.
 */
public final class ConfigRecords implements Reloading.Listener {
  private static final Logger LOG = System.getLogger(ConfigRecords.class.getName());

  private final AuditLog audit;

  public ConfigRecords(AuditLog audit) {
    this.audit = audit;
  }

  @Override
  public void coming(long generation, Snapshot files) {
    append("taken", generation, "sha256", digest(files));
  }

  @Override
  public void reloaded(long generation) {
    LOG.log(Level.INFO, "configuration reloaded, generation {0}", generation);
  }

  @Override
  public void rejected(String reason, long generation) {
    LOG.log(
        Level.ERROR,
        "the changed configuration cannot be used, generation {0} stays: {1}",
        generation,
        reason);
    append("rejected", generation, "reason", reason);
  }

  private static String digest(Snapshot files) {
    for (Map.Entry<Path, Bytes> file : files.content().entrySet()) {
      if (file.getKey().endsWith(JoinConfig.ATTESTATION_CONFIG)) {
        return Digests.SHA256.of(file.getValue()).hex();
      }
    }
    throw new IllegalArgumentException("no " + JoinConfig.ATTESTATION_CONFIG);
  }

  private void append(String decision, long generation, String name, String value) {
    try {
      audit.append(
          "config",
          Json.newObject()
              .put("decision", decision)
              .put("generation", generation)
              .put(name, value));
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log cannot be written: " + e.getMessage(), e);
    }
  }
}
