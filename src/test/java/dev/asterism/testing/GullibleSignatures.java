package dev.asterism.testing;

import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureException;
import java.security.SignatureSpi;

/**
 * An implementation that takes every signature, before all others until it is closed: what is
 * refused then, no implementation was asked about. One was like that in 2022 (CVE-2022-21449).
 */
public final class GullibleSignatures implements AutoCloseable {
  private static final String NAME = "Gullible";

  private GullibleSignatures(String algorithm) {
    var provider = new Provider(NAME, "1", "accepts everything") {};
    provider.put("Signature." + algorithm, Spi.class.getName());
    Security.insertProviderAt(provider, 1);
  }

  /** For one algorithm, as the JCA calls it. */
  public static GullibleSignatures of(String algorithm) {
    return new GullibleSignatures(algorithm);
  }

  @Override
  public void close() {
    Security.removeProvider(NAME);
  }

  /** For the JCA, and for those that take not quite everything. */
  public static class Spi extends SignatureSpi {
    public Spi() {}

    @Override
    protected void engineInitVerify(PublicKey key) {}

    @Override
    protected void engineInitSign(PrivateKey key) {}

    @Override
    protected void engineUpdate(byte one) {}

    @Override
    protected void engineUpdate(byte[] bytes, int from, int length) {}

    @Override
    protected byte[] engineSign() {
      return new byte[0];
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
      return true;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {}

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
      return name;
    }
  }
}
