// configmap-mirror puts ConfigMaps of an API server into directories with the code of kubelet itself: MakePayload and
// AtomicWriter, as its projected volumes use them. It stands in for a kubelet where no container can be run.
//
//	configmap-mirror --kubeconfig FILE --mount DIR=NAMESPACE/NAME[,NAMESPACE/NAME?...] [--sync 60s]
//
// Several maps in one directory are swapped in one step. A name with a question mark is optional: without the map its
// keys go; a map that is not optional and gone leaves the files as they are. Without --sync a change is written when it
// is heard of; with it, as by a kubelet without a watch, only each time the period and up to half of it are over.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/util"
)

const fileMode = int32(0o644)

type source struct {
	namespace, name string
	optional        bool
	store           cache.Store
	synced          cache.InformerSynced
}

type mount struct {
	directory string
	sources   []*source
	changed   chan struct{}
}

type mounts []*mount

func (all *mounts) String() string { return "" }

// Set reads one --mount.
func (all *mounts) Set(text string) error {
	directory, list, found := strings.Cut(text, "=")
	if !found || directory == "" {
		return fmt.Errorf("expected DIR=NAMESPACE/NAME,..., found %q", text)
	}
	one := &mount{directory: directory, changed: make(chan struct{}, 1)}
	for _, each := range strings.Split(list, ",") {
		plain, optional := strings.CutSuffix(each, "?")
		namespace, name, found := strings.Cut(plain, "/")
		if !found || namespace == "" || name == "" {
			return fmt.Errorf("expected NAMESPACE/NAME, found %q", each)
		}
		one.sources = append(one.sources, &source{namespace: namespace, name: name, optional: optional})
	}
	*all = append(*all, one)
	return nil
}

// watch keeps a source in its store and rings when it has changed.
func (m *mount) watch(ctx context.Context, client kubernetes.Interface, s *source) {
	ring := func() {
		select {
		case m.changed <- struct{}{}:
		default:
		}
	}
	list := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "configmaps", s.namespace, fields.OneTermEqualSelector("metadata.name", s.name))
	store, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: list,
		ObjectType:    &v1.ConfigMap{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { ring() },
			UpdateFunc: func(any, any) { ring() },
			DeleteFunc: func(any) { ring() },
		},
	})
	s.store, s.synced = store, controller.HasSynced
	go controller.RunWithContext(ctx)
}

// payload is what is to be in the directory; an error leaves it as it is.
func (m *mount) payload() (map[string]util.FileProjection, error) {
	files := map[string]util.FileProjection{}
	for _, s := range m.sources {
		found, exists, err := s.store.GetByKey(s.namespace + "/" + s.name)
		if err != nil {
			return nil, err
		}
		configMap, isMap := found.(*v1.ConfigMap)
		if !exists || !isMap {
			if !s.optional {
				return nil, fmt.Errorf("configmap %s/%s not found", s.namespace, s.name)
			}
			configMap = &v1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.name}}
		}
		mode := fileMode
		part, err := configmap.MakePayload(nil, configMap, &mode, s.optional)
		if err != nil {
			return nil, err
		}
		for path, file := range part {
			files[path] = file
		}
	}
	return files, nil
}

func (m *mount) project() error {
	files, err := m.payload()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(m.directory, 0o755); err != nil {
		return err
	}
	writer, err := util.NewAtomicWriter(m.directory, filepath.Base(m.directory))
	if err != nil {
		return err
	}
	return writer.Write(files, nil)
}

// follow projects at once and then whenever something may have changed.
func (m *mount) follow(ctx context.Context, period time.Duration) {
	for {
		if err := m.project(); err != nil {
			log.Printf("%s: %v", m.directory, err)
		} else {
			log.Printf("%s: projected", m.directory)
		}
		due := m.changed
		var timer <-chan time.Time
		if period > 0 {
			due = nil
			timer = time.After(period + rand.N(period/2))
		}
		select {
		case <-ctx.Done():
			return
		case <-due:
		case <-timer:
		}
	}
}

func run() error {
	var all mounts
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	period := flag.Duration("sync", 0, "0: when a change is heard of")
	flag.Var(&all, "mount", "DIR=NAMESPACE/NAME[,NAMESPACE/NAME?...]")
	flag.Parse()
	if len(all) == 0 {
		return errors.New("expected at least one --mount")
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, m := range all {
		for _, s := range m.sources {
			m.watch(ctx, client, s)
		}
	}
	for _, m := range all {
		for _, s := range m.sources {
			cache.WaitForCacheSync(ctx.Done(), s.synced)
		}
		go m.follow(ctx, *period)
	}
	<-ctx.Done()
	return nil
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
