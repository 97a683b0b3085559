package dev.asterism.mini;

import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.JoiningNodes;
import dev.asterism.kubernetes.local.LocalControlPlane;
import dev.asterism.kubernetes.local.LocalControlPlane.Line;
import dev.asterism.kubernetes.local.LocalObjects;
import dev.asterism.kubernetes.local.LocalPrograms;
import dev.asterism.kubernetes.local.RegisteringKubeadm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The API server of a mini cluster, with etcd and the controllers; on its first node. */
final class MiniKubernetes {
  private static final String CLUSTER_CONFIGURATION = "ClusterConfiguration";

  private final MiniDir dir;
  private final MiniPlan plan;
  private final Processes processes;
  private final LocalPrograms programs;
  private final SecureRandom random;
  private final InstantSource clock;

  MiniKubernetes(
      MiniDir dir,
      MiniPlan plan,
      Processes processes,
      LocalPrograms programs,
      SecureRandom random,
      InstantSource clock) {
    this.dir = dir;
    this.plan = plan;
    this.processes = processes;
    this.programs = programs;
    this.random = random;
    this.clock = clock;
  }

  /** Starts it with the PKI that init made, and puts into it what init recorded. */
  void start(Deadline deadline) throws IOException {
    NodePlan first = plan.first();
    NodeDir place = dir.node(first.name());
    int etcd = PortRange.find(2, random);
    var plane =
        new LocalControlPlane(
            programs,
            place.fileSystem().resolve("etc/kubernetes/pki"),
            dir.kubernetes(),
            new LocalControlPlane.Ports(first.port(Ports.API_SERVER), etcd, etcd + 1),
            clock);
    plane.prepare();
    String authority = Files.readString(place.fileSystem().resolve("etc/kubernetes/pki/ca.crt"));
    start(plane.etcd());
    start(plane.apiServer());
    try (var server = new ApiServer(AccessFiles.kubeconfig(plane.adminKubeconfig()))) {
      await(server, deadline);
      start(plane.controllerManager());
      var objects = new LocalObjects(server);
      objects.builtIn(plane.endpoint(), authority);
      objects.founding(dir.objects());
    }
    String components = configuration(dir);
    RegisteringKubeadm.registerFirst(
        place.fileSystem(), plane.endpoint(), authority, first.name(), components);
  }

  /** What a cluster's operator does about a control plane that died on its way. */
  static void gone(MiniDir dir, String node) throws IOException {
    try (var server = new ApiServer(AccessFiles.kubeconfig(dir.kubeconfig()))) {
      JoiningNodes.gone(server, node);
    }
  }

  private void start(Line line) throws IOException {
    processes.startForeign(plan.first().name(), line.program(), line.name(), line.arguments());
  }

  private void await(ApiServer server, Deadline deadline) throws IOException {
    while (!server.ready() || !server.hasRoles()) {
      for (String program : List.of("etcd", "kube-apiserver")) {
        if (processes.running(plan.first().name(), program).isEmpty()) {
          throw new IOException(program + " ended; see " + dir.node(plan.first().name()).logs());
        }
      }
      if (deadline.passed()) {
        throw new IOException(
            "the API server does not answer in time; see " + dir.node(plan.first().name()).logs());
      }
      Pause.millis(200);
    }
  }

  /** Writes kubeadm's configuration where it would be mounted; the components' reference. */
  private static String configuration(MiniDir dir) throws IOException {
    try {
      ObjectNode config = object(dir.objects().resolve("configmaps/kubeadm-config.json"));
      AtomicFile.write(
          dir.kubeadmConfig().resolve(CLUSTER_CONFIGURATION),
          Json.string(Json.child(config, "data"), CLUSTER_CONFIGURATION),
          AtomicFile.PUBLIC);
      ObjectNode version = object(dir.objects().resolve("nodeversions/constellation-version.json"));
      return Json.string(Json.child(version, "spec"), "kubernetesComponentsReference");
    } catch (MalformedException e) {
      throw new IOException("what init recorded: " + e.getMessage(), e);
    }
  }

  private static ObjectNode object(Path file) throws IOException, MalformedException {
    return Json.object(file.toString(), Bytes.of(Files.readAllBytes(file)));
  }
}
