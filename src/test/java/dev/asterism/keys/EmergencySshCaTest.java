package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.crypto.SshPublicKey;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmergencySshCaTest {
  @Test
  void asksForTheReservedKey() throws Exception {
    Secret seed = Secret.copyOf(new byte[32]);
    KeySource keys =
        (id, length) -> {
          assertEquals("ca_emergency_ssh", id);
          assertEquals(32, length);
          return seed;
        };
    try (var ca = EmergencySshCa.of(keys)) {
      assertEquals(SshPublicKey.ofEd25519Seed(Secret.copyOf(new byte[32])), ca.publicKey());
    }
  }

  @Test
  void certifiesHosts() throws Exception {
    SshPublicKey host = SshHostKey.generate(new SecureRandom()).publicKey();
    try (var ca = EmergencySshCa.of((id, length) -> Secret.copyOf(new byte[length]))) {
      String line = ca.certify(host, List.of("node-1"), Instant.EPOCH);
      assertTrue(line.startsWith("ssh-ed25519-cert-v01@openssh.com "), line);
      assertThrows(MalformedException.class, () -> ca.certify(host, List.of(), Instant.EPOCH));
    }
  }

  @Test
  void refusesASeedOfAnotherLength() {
    KeySource keys = (id, length) -> Secret.copyOf(new byte[16]);
    var refusal = assertThrows(KeyException.class, () -> EmergencySshCa.of(keys));
    assertEquals(KeyException.Reason.UNAVAILABLE, refusal.reason());
  }
}
