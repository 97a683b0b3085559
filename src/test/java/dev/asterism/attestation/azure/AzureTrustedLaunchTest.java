package dev.asterism.attestation.azure;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AzureTrustedLaunchTest {
  private static final PublicKey OTHER = ForgedVtpm.keyPair("other RSA").getPublic();

  static final class Vm extends CloudCase {
    PublicKey certified = vtpm.key.getPublic();
    Usage usage = Usage.ATTESTATION_KEY;
    @Nullable String raw;

    Vm() {
      super(new AzureTrustedLaunch(), ForgedSnp.NOW, Json.newObject());
      child("akTrust").put("mode", "certificate").putArray("roots").add(authority.certificatePem());
    }

    @Override
    protected @Nullable Bytes instanceInfo() {
      if (raw != null) {
        return raw.isEmpty() ? null : Bytes.ofUtf8(raw);
      }
      return new CertifiedInfo(
              certificate(certified, usage), ForgedSnp.der(authority.certificate()))
          .write();
    }
  }

  @Test
  void acceptsAKeyThatTheAuthorityCertifies() throws Exception {
    new Vm().assertAccepted();
  }

  @Test
  void microsoftsRootCountsWhereTheConfigSaysNothing() throws Exception {
    Vm vm = new Vm();
    vm.config.remove("akTrust");
    vm.assertNotBound("ak.chain");
  }

  @Test
  void refusesTheCertificateOfAnotherKey() throws Exception {
    Vm vm = new Vm();
    vm.certified = OTHER;
    vm.assertNotBound("ak.certified");
    vm.certified = vm.vtpm.key.getPublic();
    vm.usage = Usage.SERVER;
    vm.assertNotBound("ak.certified");
  }

  @Test
  void theCertificateOfTheInstanceInfoCountsAndNoOther() throws Exception {
    Vm vm = new Vm();
    vm.vtpm.akCert = vm.certificate(vm.vtpm.key.getPublic(), Usage.ATTESTATION_KEY);
    vm.certified = OTHER;
    vm.assertNotBound("ak.certified");
  }

  @Test
  void refusesInstanceInfoThatCannotBeRead() throws Exception {
    for (String raw : List.of("", "{}", "[]", "{\"AkCert\":\"AAAA\"}")) {
      Vm vm = new Vm();
      vm.raw = raw;
      vm.assertNotBound("instance-info.parse");
    }
    Vm vm = new Vm();
    vm.raw = "{\"AkCert\":\"AAAA\",\"CA\":\"AAAA\"}";
    vm.assertNotBound("ak.chain");
  }

  @Test
  void thePolicyMayPinTheKeyInstead() throws Exception {
    Vm vm = new Vm();
    vm.config.putObject("akTrust").put("mode", "pinned").putArray("keys").add("00".repeat(32));
    vm.assertNotBound("ak.trust");
    vm.config.putObject("akTrust").put("mode", "any");
    vm.assertAccepted();
  }
}
