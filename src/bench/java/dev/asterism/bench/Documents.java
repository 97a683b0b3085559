package dev.asterism.bench;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * More documents than the JDK's cache remembers certificates, also for each of two threads, and how
 * to judge them.
 */
final class Documents {
  private static final int COUNT = 2048;

  private final Bytes nonce = Digests.SHA256.of(Bytes.ofUtf8("nonce"));
  private final Bytes userData = Digests.SHA256.of(Bytes.ofUtf8("key"));
  private final Challenge challenge = new Challenge(nonce, userData, Instant.now());
  private final List<Bytes> documents = new ArrayList<>();
  private final Policy policy;

  Documents() throws Exception {
    var machines = new Machines();
    policy = new QemuVtpm().policy(machines.attestationConfig());
    Machines.Machine machine = machines.boot();
    for (int i = 0; i < COUNT; i++) {
      documents.add(machine.issuer().issue(userData, nonce));
    }
    Appraisal first = judge(0);
    if (!first.accepted()) {
      throw new IllegalStateException("a good document is not accepted: " + first.reason());
    }
  }

  int bytes() {
    return documents.getFirst().length();
  }

  /** As the join-service does it for each connection. */
  Appraisal judge(int n) {
    return policy.unspent().verifier().verify(documents.get(n % COUNT), challenge);
  }
}
