import { createContext } from 'svelte';

import type { Backend } from '../backend/backend';
import type { Alerts } from './alerts.svelte';
import { Callbacks } from './callbacks.svelte';
import { Clock } from './clock.svelte';
import { Dial } from './dial.svelte';
import { EndpointDeletes } from './endpoints.svelte';
import { EngineState } from './engine.svelte';
import { Looking } from './looking.svelte';
import { Navigation } from './navigation.svelte';
import { People } from './people.svelte';
import { Placing } from './placing.svelte';

/** Everything a view needs, handed down by context. */
export interface AppState {
  backend: Backend;
  engine: EngineState;
  alerts: Alerts;
  clock: Clock;
  looking: Looking;
  dial: Dial;
  people: People;
  placing: Placing;
  navigation: Navigation;
  callbacks: Callbacks;
  endpointDeletes: EndpointDeletes;
}

/** The window's state over a backend. */
export function createApp(backend: Backend): AppState {
  const engine = new EngineState(backend);
  return {
    backend,
    engine,
    alerts: engine.alerts,
    clock: new Clock(),
    looking: new Looking(),
    dial: new Dial(engine, backend),
    people: new People(backend),
    placing: new Placing(backend, engine),
    navigation: new Navigation(),
    callbacks: new Callbacks(backend),
    endpointDeletes: new EndpointDeletes(backend),
  };
}

export const [useApp, provideApp] = createContext<AppState>();
