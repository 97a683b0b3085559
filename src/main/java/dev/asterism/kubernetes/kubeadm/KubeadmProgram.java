package dev.asterism.kubernetes.kubeadm;

import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentInstaller;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs kubeadm as the old system's nodes do (wire contract, section 7). Secrets reach it in a file
 * for root alone, which is gone when it ends; never as arguments.
 */
public final class KubeadmProgram implements Kubeadm {
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMinutes(1);
  private static final Pattern VERSION = Pattern.compile("v1\\.([0-9]{1,3})\\..*", Pattern.DOTALL);
  private static final String IGNORED =
      "--ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins";

  private final Path root;
  private final Path program;
  private final Runner runner;
  private final ComponentInstaller installer;
  private final InstantSource clock;

  /** Runs another program to its end. */
  @FunctionalInterface
  public interface Runner {
    /**
     * @param line the program and its arguments
     * @return what it wrote to its standard output
     * @throws IOException if it fails, with the end of what it said, or is not done in time
     */
    String run(List<String> line, Duration deadline) throws IOException;
  }

  /**
   * @param root the node's file system
   */
  public KubeadmProgram(
      Path root, Runner runner, ComponentInstaller installer, InstantSource clock) {
    this.root = root;
    this.program = root.resolve("run/state/bin/kubeadm");
    this.runner = runner;
    this.installer = installer;
    this.clock = clock;
  }

  @Override
  public void fetch(List<Component> components) throws IOException, MalformedException {
    installer.fetch(components);
  }

  @Override
  public String init(InitPlan plan) throws IOException {
    try {
      installer.install(plan.components());
      String name = NodeNames.normalize(plan.nodeName());
      try (var config = new ConfigFile(config().init(plan, name))) {
        kubeadm("init", "phase", "preflight", IGNORED, config.argument());
        kubeadm("init", "phase", "certs", "all", config.argument());
        ownKubeletCertificate(name, plan.nodeIp());
        String proxy = plan.conformanceMode() ? "" : ",addon/kube-proxy";
        kubeadm("init", "--skip-phases=preflight,certs,addon/coredns" + proxy, config.argument());
        return kubeadm(
            "kubeconfig",
            "user",
            "--client-name=" + clusterName(plan) + "-admin",
            "--org=system:masters",
            config.argument());
      }
    } catch (MalformedException e) {
      throw new IOException("init: " + e.getMessage(), e);
    }
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    try {
      installer.install(plan.components());
      if (plan.controlPlane()) {
        ControlPlaneFiles.write(pki(), plan.controlPlaneFiles());
      }
      String name = NodeNames.normalize(plan.nodeName());
      try (var config = new ConfigFile(config().join(plan, name))) {
        kubeadm(
            "join",
            "--skip-phases=control-plane-prepare/download-certs",
            IGNORED,
            config.argument());
      }
    } catch (MalformedException e) {
      throw new IOException("join: " + e.getMessage(), e);
    }
  }

  private static String clusterName(InitPlan plan) {
    return plan.clusterName().isEmpty() ? "kubernetes" : plan.clusterName();
  }

  private Path kubernetes() {
    return root.resolve("etc/kubernetes");
  }

  private Path pki() {
    return kubernetes().resolve("pki");
  }

  /** The format that the installed kubeadm knows. */
  private KubeadmConfig config() throws IOException {
    String version =
        runner.run(List.of(program.toString(), "version", "--output=short"), SHORT).strip();
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      throw new IOException(program + " does not say which version of Kubernetes 1 it is");
    }
    return new KubeadmConfig(KubeadmConfig.Version.of(Integer.parseInt(matcher.group(1))));
  }

  /** As a join-service signs it for every other node. */
  private void ownKubeletCertificate(String name, String ip)
      throws IOException, MalformedException {
    Path folder = root.resolve("run/state/kubelet/pki");
    KeyPair pair = KeyPairs.ecP256();
    try (Secret key = Pem.encode(pair.getPrivate())) {
      byte[] pem = key.expose();
      AtomicFile.write(folder.resolve("kubelet-client-key.pem"), pem, AtomicFile.PRIVATE);
      Arrays.fill(pem, (byte) 0);
      Bytes csr = CertificateRequests.create(pair, name, List.of(), List.of(ip));
      AtomicFile.write(
          folder.resolve("kubelet-client-crt.pem"),
          new ControlPlaneFolder(kubernetes(), clock).signKubeletCertificate(csr),
          AtomicFile.PUBLIC);
    } catch (CsrException | IllegalArgumentException e) {
      throw new MalformedException("node", String.valueOf(e.getMessage()));
    }
  }

  private String kubeadm(String... arguments) throws IOException {
    var line = new ArrayList<String>(List.of(program.toString()));
    line.addAll(List.of(arguments));
    return runner.run(line, DEADLINE);
  }

  /** The configuration while kubeadm runs; below {@code /run}, which no disk keeps. */
  private final class ConfigFile implements AutoCloseable {
    private final Path file = root.resolve("run/asterism/kubeadm.yaml");

    ConfigFile(String content) throws IOException {
      AtomicFile.write(file, content, AtomicFile.PRIVATE);
    }

    String argument() {
      return "--config=" + file;
    }

    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }
}
